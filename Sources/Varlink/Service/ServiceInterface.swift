/// The description of `org.varlink.service` (UAPI.20, "The org.varlink.service Interface").
let serviceInterfaceText = """
  # What every varlink service answers: who it is and what it can do.
  interface org.varlink.service

  # Says who made the service and which interfaces it has.
  method GetInfo() -> (
    vendor: string,
    product: string,
    version: string,
    url: string,
    interfaces: []string
  )

  # Gives the description of one interface, as it was written.
  method GetInterfaceDescription(interface: string) -> (description: string)

  # The service does not have this interface.
  error InterfaceNotFound (interface: string)

  # The interface does not have this method.
  error MethodNotFound (method: string)

  # The interface declares the method, but the service does not do it.
  error MethodNotImplemented (method: string)

  # A parameter is missing, undeclared or of the wrong type.
  error InvalidParameter (parameter: string)

  # The caller may not call this method.
  error PermissionDenied ()

  # The method must be called with `more`.
  error ExpectedMore ()

  # The method must be called with `upgrade`.
  error ExpectedUpgrade ()

  """
