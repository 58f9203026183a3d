"""What the frame and the photo know better than the network: its layers are fitted to both.

`order` calls the steps one after the other; each is a file that reads by itself.
"""

from lookglass.finish.order import finish

__all__ = ["finish"]
