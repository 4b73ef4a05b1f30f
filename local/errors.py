"""What can go wrong with the local cloud, in words for whoever started it.

LocalCloudError
    PortTaken           another program listens there
    AlreadyRunning      this state folder has a running city
    NotRunning          asked for something of a city that is not there
    PreparationFailed   a tool or an interpreter could not be set up
    SynthesisFailed     `python app.py` did not end well
    EmulatorFailed      a process did not come up, or went away
    DeploymentFailed    CloudFormation refused the template or a resource
"""


class LocalCloudError(Exception):
    """The text says what happened and what to do."""


class PortTaken(LocalCloudError):
    """Another program listens on a port that the city needs."""


class AlreadyRunning(LocalCloudError):
    """A city runs on this state folder."""


class NotRunning(LocalCloudError):
    """No city runs on this state folder."""


class PreparationFailed(LocalCloudError):
    """A tool or an interpreter could not be set up."""


class SynthesisFailed(LocalCloudError):
    """The CDK app did not end well."""


class EmulatorFailed(LocalCloudError):
    """A process of the city did not come up, or went away."""


class DeploymentFailed(LocalCloudError):
    """CloudFormation refused the template or one of its resources."""
