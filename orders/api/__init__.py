"""Orders for programs: the same services, permissions and refusals as the pages."""
