/**
 * The WebSocket server of the sandbox's Torii: GraphQL with the two subprotocols that Torii speaks,
 * `graphql-transport-ws` and the older `graphql-ws`. A client that reads slowly is sent no faster,
 * and one that does not read is disconnected.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { GraphQLError } from 'graphql'
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer, type SubscribePayload } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { LEGACY_PROTOCOL, openLegacyConnection } from './legacy-protocol.ts'
import { type OperationRequest, prepareOperation } from './operations.ts'
import { OPERATIONS_PER_CONNECTION_MAX, type SocketOptions, textSocket } from './text-socket.ts'

export type ToriiSocket = Readonly<{
  handleUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Closes the connections that exist; clients have to reconnect. */
  cut: (reason: string) => void
  close: () => Promise<void>
}>

const CONNECTIONS_MAX = 2_048
const MESSAGE_BYTES_MAX = 1 << 20
const CLOSE_PROTOCOL_ERROR = 1002
const CLOSE_GOING_AWAY = 1001

const requestOf = ({ query, variables, operationName }: SubscribePayload): OperationRequest => ({
  query,
  variables: variables ?? null,
  operationName: operationName ?? null,
})

const modernProtocol = ({ schema, createContext }: SocketOptions) =>
  makeServer<Record<string, unknown>>({
    onSubscribe: ({ subscriptions }, _id, payload) => {
      if (Object.keys(subscriptions).length > OPERATIONS_PER_CONNECTION_MAX)
        return [
          new GraphQLError(
            `A connection may have ${OPERATIONS_PER_CONNECTION_MAX} operations at once`,
          ),
        ]
      return prepareOperation(schema(), createContext(), requestOf(payload))
    },
  })

/** A socket server without connections; upgrades are handed to it. */
export const createToriiSocket = (options: SocketOptions): ToriiSocket => {
  const { onFailure } = options
  const modern = modernProtocol(options)
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
    handleProtocols: (offered) =>
      [GRAPHQL_TRANSPORT_WS_PROTOCOL, LEGACY_PROTOCOL].find((protocol) => offered.has(protocol)) ??
      false,
  })
  const accept = (socket: WebSocket): void => {
    const connection = textSocket(socket)
    // Malformed frames end here: ws closes the connection with the code that the standard names.
    socket.on('error', () => socket.terminate())
    if (socket.protocol === GRAPHQL_TRANSPORT_WS_PROTOCOL) {
      const closed = modern.opened({ ...connection, protocol: socket.protocol }, undefined)
      socket.once('close', (code, reason) => void closed(code, String(reason)).catch(onFailure))
    } else if (socket.protocol === LEGACY_PROTOCOL) {
      const closed = openLegacyConnection(connection, options)
      socket.once('close', () => void closed().catch(onFailure))
    } else {
      socket.close(
        CLOSE_PROTOCOL_ERROR,
        `Offer ${GRAPHQL_TRANSPORT_WS_PROTOCOL} or ${LEGACY_PROTOCOL}`,
      )
    }
  }
  return {
    handleUpgrade: (request, socket, head) => {
      if (server.clients.size >= CONNECTIONS_MAX)
        return void socket.end(
          'HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n',
        )
      server.handleUpgrade(request, socket, head, accept)
    },
    cut: (reason) => {
      for (const socket of server.clients) socket.close(CLOSE_GOING_AWAY, reason)
    },
    close: async () => {
      for (const socket of server.clients) {
        socket.close(CLOSE_GOING_AWAY)
        socket.terminate()
      }
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      await promise
    },
  }
}
