internal import CLibCurl
package import EventLoop

/// The transfers of one loop: a multi handle of libcurl, driven by the loop's descriptors and timer
/// (https://curl.se/libcurl/c/curl_multi_socket_action.html).
///
/// The long-lived ownership shape: libcurl holds an unretained pointer to this object from `init` to `close`. Proof: its
/// callbacks come only out of calls on the multi handle, all of which this object makes itself, and ``close()``, which
/// ends the handle, is called before the owner lets go.
@safe package final class CurlMulti {
  private let loop: EventLoop
  private let multi: OpaquePointer
  private var timer: Timer?
  private var watchers: [curl_socket_t: DescriptorWatcher] = [:]
  /// Those that libcurl works on, which keeps their callbacks' contexts alive.
  private var transfers: [ObjectIdentifier: CurlTransfer] = [:]
  private var isClosed = false

  /// - Throws: when libcurl cannot be started.
  package init(on loop: EventLoop) throws(IOError) {
    self.loop = loop
    guard CurlMulti.isLibraryReady, let made = unsafe curl_multi_init() else {
      throw IOError(code: 12, problem: "libcurl cannot be started.", remedy: "Look at the memory of this machine.")
    }
    unsafe multi = OpaquePointer(made)
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe gb_curl_multi_set_socket(handle, onSocket, context)
    unsafe gb_curl_multi_set_timer(handle, onTimer, context)
    unsafe gb_curl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, HTTPLimits.idleConnectionsMax)
    timer = Timer(on: loop) { [unowned self] in act(gb_curl_socket_timeout, 0) }
  }

  /// The handle, in the type by which C knows it.
  private var handle: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(multi) }

  /// Initialises libcurl once; Swift runs this under a lock of its own.
  private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  /// Begins a transfer.
  ///
  /// - Returns: false when libcurl does not take it; then nothing of it is told.
  package func start(_ transfer: CurlTransfer) -> Bool {
    transfers[ObjectIdentifier(transfer)] = transfer
    guard unsafe curl_multi_add_handle(handle, transfer.easy) == CURLM_OK else {
      transfers[ObjectIdentifier(transfer)] = nil
      return false
    }
    return true
  }

  /// Takes a transfer away, whatever it does; nothing comes from it any more. Not to be called by its callbacks.
  package func remove(_ transfer: CurlTransfer) {
    guard transfers[ObjectIdentifier(transfer)] != nil else { return }
    unsafe curl_multi_remove_handle(handle, transfer.easy)
    transfers[ObjectIdentifier(transfer)] = nil
  }

  /// Ends all transfers without a word, and closes the connections.
  package func close() {
    guard !isClosed else { return }
    isClosed = true
    timer?.cancel()
    for transfer in transfers.values { unsafe curl_multi_remove_handle(handle, transfer.easy) }
    transfers = [:]
    // Calls `onSocket` for what is left.
    unsafe curl_multi_cleanup(handle)
    for watcher in watchers.values { watcher.close() }
    watchers = [:]
  }

  // MARK: Driving

  private func act(_ socket: curl_socket_t, _ events: Int32) {
    guard !isClosed else { return }
    var running: Int32 = 0
    unsafe curl_multi_socket_action(handle, socket, events, &running)
    finishTransfers()
  }

  /// Outside of all callbacks of libcurl, so that who is told may start and remove transfers.
  private func finishTransfers() {
    var result = CURLE_OK
    while !isClosed, let easy = unsafe gb_curl_next_done(handle, &result) {
      // The context is the transfer, which `transfers` holds until here.
      guard let context = unsafe gb_curl_context(easy) else { continue }
      let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
      remove(transfer)
      transfer.ended(result)
    }
  }

  fileprivate func watch(_ socket: curl_socket_t, for what: Int32) -> Bool {
    guard what != CURL_POLL_REMOVE else {
      watchers.removeValue(forKey: socket)?.close()
      return true
    }
    var wanted: DescriptorWatcher.Readiness = []
    if what == CURL_POLL_IN || what == CURL_POLL_INOUT { wanted.insert(.read) }
    if what == CURL_POLL_OUT || what == CURL_POLL_INOUT { wanted.insert(.write) }
    guard let watcher = watchers[socket] ?? makeWatcher(socket) else { return false }
    watchers[socket] = watcher
    watcher.watch(wanted)
    return true
  }

  private func makeWatcher(_ socket: curl_socket_t) -> DescriptorWatcher? {
    // Without one libcurl ends the transfers with an error, which tells more than this one.
    try? DescriptorWatcher(socket, on: loop) { [unowned self] ready in
      act(socket, (ready.contains(.read) ? CURL_CSELECT_IN : 0) | (ready.contains(.write) ? CURL_CSELECT_OUT : 0))
    }
  }

  fileprivate func setTimer(_ milliseconds: Int) {
    guard !isClosed else { return }
    // 0 means at once, but libcurl must not be called inside its own callback.
    if milliseconds < 0 { timer?.cancel() } else { timer?.start(afterMs: max(1, Int64(milliseconds))) }
  }
}

/// - Returns: -1 ends all transfers.
private func onSocket(
  _ easy: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: Int32, _ context: UnsafeMutableRawPointer?,
  _ socketContext: UnsafeMutableRawPointer?
) -> Int32 {
  guard let context = unsafe context else { return -1 }
  let multi = unsafe Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue()
  return multi.watch(socket, for: what) ? 0 : -1
}

private func onTimer(
  _ multi: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?
) -> Int32 {
  guard let context = unsafe context else { return -1 }
  unsafe Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue().setTimer(milliseconds)
  return 0
}
