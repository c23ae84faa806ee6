// Nothing to call: to depend on this module is to start without questions to the processor. See start.c.
