"""The verbs of relief, one file a stage of the flow."""
