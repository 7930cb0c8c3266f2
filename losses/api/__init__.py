"""What programs may do about losses: the claims and their flow, and notices of loss."""
