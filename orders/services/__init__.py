"""The verbs of an order, in the order of the flow: place, ask, deliver, receive, settle, pay."""
