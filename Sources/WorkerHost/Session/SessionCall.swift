import Wire

/// A call that is made in a session. The session is filled in when the call is sent: it may be another one by then.
protocol SessionCall: WireCall {
  var session: String { get set }
}

extension WorkerAPI.Slots: SessionCall {}
extension WorkerAPI.PutResult: SessionCall {}
extension WorkerAPI.PutChunk: SessionCall {}
extension WorkerAPI.SpawnTasks: SessionCall {}
extension WorkerAPI.Progress: SessionCall {}
extension WorkerAPI.Log: SessionCall {}
extension WorkerAPI.Heartbeat: SessionCall {}
extension WorkerAPI.Complete: SessionCall {}
extension WorkerAPI.Fail: SessionCall {}
extension WorkerAPI.Release: SessionCall {}
extension WorkerAPI.DoneItems: SessionCall {}
extension WorkerAPI.Inputs: SessionCall {}
extension WorkerAPI.ReadInput: SessionCall {}
extension WorkerAPI.ReserveCall: SessionCall {}
extension WorkerAPI.SettleCall: SessionCall {}
extension WorkerAPI.ReadAnswer: SessionCall {}
