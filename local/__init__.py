"""The local cloud: the template that deploys to AWS, running on this computer."""
