"""The demo county: 石城县 with its places, made-up people, and goods in every state, all made through the services."""
