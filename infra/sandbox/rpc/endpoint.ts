/** What the transports serve: a node as they see it, and a WebSocket as the node sees it. */
import type { RpcReply } from './json-rpc.ts'

/** A connection as subscriptions see it. */
export type SocketPort = Readonly<{
  /** `onFlushed` is called when the text has left this process. */
  send: (text: string, onFlushed: () => void) => void
  bufferedBytes: () => number
  /** Closes the connection, saying why. */
  close: (reason: string) => void
  /** Cuts the connection as a broken network does. */
  terminate: () => void
}>

export type SocketSession = Readonly<{
  /** Takes the text of a request, and answers on the socket. */
  receive: (text: string) => void
  /** The connection has ended. */
  ended: () => void
}>

export type RpcEndpoint = Readonly<{
  /** Whether a path is served: one that names another version of the specification is not. */
  serves: (path: string) => boolean
  /** Answers the text of a request that came on a path. */
  answer: (text: string, path: string) => RpcReply
  /** A WebSocket that was opened on a path. */
  connect: (port: SocketPort, path: string) => SocketSession
}>
