/**
 * The WebSocket subscriptions of a node: its sockets, the requests that come on them, and the
 * changes of the chain that they are told of (subscription-telling.ts). It knows no WebSocket
 * library.
 */
import type { ChainChange } from '../chain/chain.ts'
import type { RpcContext } from './context.ts'
import type { SocketPort, SocketSession } from './endpoint.ts'
import { answerJsonRpc } from './json-rpc.ts'
import type { Notice, SubscriptionKind } from './subscription-kinds.ts'
import { subscriptionMethods } from './subscription-methods.ts'
import {
  createTelling,
  pump,
  type Socket,
  type Subscription,
  tell,
  tellWaiting,
} from './subscription-telling.ts'

export type Subscriptions = Readonly<{
  /** A new connection that is served with this context. */
  connect: (port: SocketPort, context: RpcContext) => SocketSession
  /** Tells of pre-confirmed transactions that were not told yet. */
  flush: () => void
  /** Cuts all connections; returns how many there were. */
  disconnect: () => number
  close: () => void
}>

export type SubscriptionsOptions = Readonly<{
  watch: (watcher: (change: ChainChange) => void) => () => void
  /** Calls `listener` when blocks may have become visible; returns how to stop. */
  onShown: (listener: () => void) => () => void
  onError: (error: unknown) => void
}>

const newSubscription = (
  { context: { visible } }: Socket,
  id: string,
  kind: SubscriptionKind,
  first: number,
): Subscription => ({
  id,
  kind,
  next: first,
  last: first > 0 ? visible.header(first - 1) : null,
  caughtUp: false,
  told: new Set(),
  toldCandidates: new Set(visible.candidates().map(({ hash }) => hash)),
})

/** What a new subscription is told as soon as its request has been answered. */
const tellFirst = (
  socket: Socket,
  subscription: Subscription,
  greeting: readonly Notice[],
): void => {
  tell(socket, subscription, greeting)
  pump(socket, subscription)
  tellWaiting(socket, subscription)
}

/** Takes the requests of a socket; `nextId` gives an id that no other subscription has. */
const receiverOf = (
  socket: Socket,
  nextId: () => string,
  onError: SubscriptionsOptions['onError'],
): SocketSession['receive'] => {
  const { attempt, context, port, subscriptions } = socket
  const afterReply: (() => void)[] = []
  const ownMethods = subscriptionMethods({
    subscriptions,
    quirks: context.quirks,
    open: (kind, first, greeting) => {
      const subscription = newSubscription(socket, nextId(), kind, first)
      subscriptions.set(subscription.id, subscription)
      afterReply.push(() => tellFirst(socket, subscription, greeting))
      return subscription.id
    },
  })
  return (text) =>
    attempt(() => {
      const { text: reply, fault } = answerJsonRpc({ context, onError, ownMethods }, text)
      // A socket has no status: a fault that is a status or a cut answer breaks the connection.
      if (fault !== null && fault.kind !== 'timeout') return port.terminate()
      if (reply !== null) port.send(reply, () => undefined)
      for (const act of afterReply.splice(0)) act()
    })
}

/** Subscriptions of one node, fed by its chain. */
export const createSubscriptions = ({
  watch,
  onShown,
  onError,
}: SubscriptionsOptions): Subscriptions => {
  const sockets = new Set<Socket>()
  let ids = 0
  const nextId = (): string => {
    ids += 1
    return `${ids}`
  }
  const { attempt, flush, onChange, pumpAll, stop } = createTelling(sockets, onError)
  const stops = [watch(onChange), onShown(pumpAll), stop]
  return {
    flush,
    connect: (port, context) => {
      const socket: Socket = { port, context, subscriptions: new Map(), attempt }
      sockets.add(socket)
      return {
        receive: receiverOf(socket, nextId, onError),
        ended: () => void sockets.delete(socket),
      }
    },
    disconnect: () => {
      const count = sockets.size
      for (const { port } of sockets) port.terminate()
      return count
    },
    close: () => {
      for (const end of stops) end()
      sockets.clear()
    },
  }
}
