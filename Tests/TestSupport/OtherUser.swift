import Glibc

/// A second real user on the same machine, who calls a broker. Needs root, to become that user, `python3` and `setpriv`.
package enum OtherUser {
  /// `nobody` of Debian: a user that is there everywhere and owns nothing.
  package static let user: UInt32 = 65_534
  /// `nogroup` of Debian, that user's group.
  package static let group: UInt32 = 65_534

  /// Whether this process can become that user; prints why not.
  package static var isPossible: Bool {
    if geteuid() == 0, access(setpriv, X_OK) == 0, access(python, X_OK) == 0 { return true }
    print("skipped: becoming another user needs root, setpriv and python3")
    return false
  }

  private static let setpriv = "/usr/bin/setpriv"
  private static let python = "/usr/bin/python3"

  /// Has the other user make calls of a broker.
  ///
  /// - Parameters:
  ///   - socket: where the broker listens; the user has to be able to go there.
  ///   - calls: `Jobs.Show {"job":1}` each, without `org.genbroker.`. In front of it may stand `more:`, which sets the flag and
  ///     takes the first reply, `own:`, which adds the session of its Hello, or `other:`, which uses a fresh connection.
  ///     `attend` begins a control connection, `order` waits for what it brings, `quiet` waits a second for nothing.
  /// - Returns: a line for each: `ok` or the name of an error, and the parameters of the reply.
  package static func calls(_ socket: String, _ calls: [String]) throws -> [String] {
    let become = ["--reuid=\(user)", "--regid=\(group)", "--clear-groups", python]
    return try lines(setpriv, become + ["-c", program, socket] + calls)
  }

  /// The same calls by the user of this process.
  package static func callsOfOurs(_ socket: String, _ calls: [String]) throws -> [String] {
    try lines(python, ["-c", program, socket] + calls)
  }

  private static func lines(_ executable: String, _ arguments: [String]) throws -> [String] {
    try outputOfProgram(executable, arguments).split(separator: "\n").map(String.init)
  }

  /// A client of its own making, in another language.
  private static let program = """
    import json, socket, sys
    def connect():
        s = socket.socket(socket.AF_UNIX); s.settimeout(20); s.connect(sys.argv[1]); return s
    def receive(s):
        data = b''
        while not data.endswith(b'\\0'):
            piece = s.recv(1)
            if not piece: return {'error': 'closed'}
            data += piece
        return json.loads(data[:-1])
    def send(s, line, flags, extra):
        name, _, text = line.partition(' ')
        parameters = json.loads(text or '{}'); parameters.update(extra)
        call = {'method': 'org.genbroker.' + name, 'parameters': parameters}; call.update(flags)
        s.sendall(json.dumps(call).encode() + b'\\0')
    def show(reply):
        print(reply.get('error', 'ok'), json.dumps(reply.get('parameters', {})), flush=True)
    try: data = connect()
    except OSError: print('no connection'); sys.exit()
    session = None
    for line in sys.argv[2:]:
        if line == 'attend':
            control = connect(); send(control, 'Worker.Attend', {'more': True}, session); print('attends')
        elif line == 'order': show(receive(control))
        elif line == 'quiet':
            control.settimeout(1)
            try: show(receive(control))
            except TimeoutError: print('quiet')
        elif line.startswith('more:'):
            s = connect(); send(s, line[5:], {'more': True}, {}); show(receive(s))
        elif line.startswith('other:'):
            s = connect(); send(s, line[6:], {}, {}); show(receive(s))
        else:
            own = line.startswith('own:')
            send(data, line[4:] if own else line, {}, session if own else {})
            reply = receive(data); show(reply)
            if 'Hello' in line: session = {'session': reply['parameters']['session']}
    """
}
