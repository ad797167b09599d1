"""Any code there may be."""


def __getattr__(name):
    return type(name, (Exception,), {})
