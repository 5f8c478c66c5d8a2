/**
 * What the subscriptions of sockets are told and when, how far each has been told, and what happens
 * to clients that do not read. Sealed blocks are read from the store when it is a subscription's
 * turn, so that a slow reader costs no memory: it falls behind while its socket's buffer is full,
 * and past a bound it is disconnected.
 */
import type { Felt } from '../../../domain/felt.ts'
import type { BlockHeader } from '../chain/block.ts'
import type { ChainChange } from '../chain/chain.ts'
import type { BlockReference, Reorg } from '../chain/chain-store.ts'
import type { RpcContext } from './context.ts'
import type { SocketPort } from './endpoint.ts'
import type { Notice, SubscriptionKind } from './subscription-kinds.ts'
import { shownId } from './subscription-methods.ts'

/** Bytes that may wait in a socket's buffer before its subscriptions pause. */
export const SOCKET_BUFFER_BYTES_MAX = 1 << 20
/** Blocks that a subscription which was up to date may fall behind before its socket is closed. */
const LAG_BLOCKS_MAX = 1_024
/**
 * Blocks that Katana keeps for a subscriber: one that is further behind misses the older ones
 * without notice.
 */
const KATANA_LAG_BLOCKS_MAX = 64

/** A subscription of a socket. */
export type Subscription = {
  readonly id: string
  readonly kind: SubscriptionKind
  /** The next block to tell of. */
  next: number
  /** The last block that was told of; null before the first. */
  last: BlockReference | null
  /** Whether it has been up to date; before that it reads the past that it asked for. */
  caughtUp: boolean
  /** Transactions of the coming block that it was told of as pre-confirmed. */
  readonly told: Set<Felt>
  /** Transactions that it was told of as chosen for the coming block. */
  readonly toldCandidates: Set<Felt>
}

export type Socket = Readonly<{
  port: SocketPort
  context: RpcContext
  subscriptions: Map<string, Subscription>
  /** Runs something that nobody awaits; what it throws is reported. */
  attempt: (act: () => void) => void
}>

const noticeText = (
  { context }: Socket,
  { id }: Subscription,
  { method, result }: Notice,
): string => {
  const name = context.quirks === 'katana' ? 'subscription' : 'subscription_id'
  return JSON.stringify({
    jsonrpc: '2.0',
    method,
    params: { result, [name]: shownId(id, context.quirks) },
  })
}

/**
 * Tells a subscription of the visible blocks that it was not told of yet, as far as its socket
 * takes them.
 */
export const pump = (socket: Socket, subscription: Subscription): void => {
  const { port, context } = socket
  const { visible, quirks } = context
  const head = visible.head().number
  if (quirks === 'katana')
    subscription.next = Math.max(subscription.next, head - KATANA_LAG_BLOCKS_MAX + 1)
  else if (subscription.caughtUp && head - subscription.next >= LAG_BLOCKS_MAX) {
    port.close(`subscription ${subscription.id} is more than ${LAG_BLOCKS_MAX} blocks behind`)
    return
  }
  while (subscription.next <= head && port.bufferedBytes() <= SOCKET_BUFFER_BYTES_MAX) {
    const header = visible.header(subscription.next)
    if (header === null) return
    tellBlock(socket, subscription, header)
  }
  if (subscription.next > head) subscription.caughtUp = true
}

export const tell = (
  socket: Socket,
  subscription: Subscription,
  notices: readonly Notice[],
): void => {
  for (const notice of notices) {
    socket.port.send(noticeText(socket, subscription, notice), () =>
      socket.attempt(() => {
        if (subscription.next <= socket.context.visible.head().number) pump(socket, subscription)
      }),
    )
  }
}

const tellBlock = (socket: Socket, subscription: Subscription, header: BlockHeader): void => {
  const { context } = socket
  subscription.next = header.number + 1
  subscription.last = header
  subscription.told.clear()
  subscription.toldCandidates.clear()
  const notices = subscription.kind.onSealed(context, header)
  tell(socket, subscription, notices)
  if (context.faults.takeDuplicate()) tell(socket, subscription, notices)
}

/** Early notices are not kept for later: a client that does not read them is disconnected. */
const tellEarly = (
  socket: Socket,
  subscription: Subscription,
  notices: readonly Notice[],
): void => {
  if (notices.length === 0) return
  if (socket.port.bufferedBytes() > SOCKET_BUFFER_BYTES_MAX) {
    socket.port.close(`${SOCKET_BUFFER_BYTES_MAX} bytes wait to be read`)
    return
  }
  tell(socket, subscription, notices)
}

const tellReorg = (socket: Socket, subscription: Subscription, { first, last }: Reorg): void => {
  subscription.told.clear()
  subscription.toldCandidates.clear()
  const toldTo = subscription.last
  if (toldTo === null || toldTo.number < first.number) return
  const ending = toldTo.number < last.number ? toldTo : last
  subscription.next = first.number
  subscription.last = null
  tell(socket, subscription, [
    {
      method: 'starknet_subscriptionReorg',
      result: {
        starting_block_hash: first.hash,
        starting_block_number: first.number,
        ending_block_hash: ending.hash,
        ending_block_number: ending.number,
      },
    },
  ])
}

/**
 * Katana tells of sealed blocks only; and where each transaction has a block of its own, none is
 * pre-confirmed.
 */
const tellsEarly = ({ context }: Socket): boolean =>
  context.hasPreConfirmed && context.quirks !== 'katana'

/** Notices of transactions that were chosen for the coming block since the last time. */
const candidateNotices = (
  { context }: Socket,
  { kind, toldCandidates }: Subscription,
): readonly Notice[] => {
  const { onWaiting } = kind
  if (onWaiting === null) return []
  const chosen = context.visible.candidates().filter(({ hash }) => !toldCandidates.has(hash))
  for (const { hash } of chosen) toldCandidates.add(hash)
  return chosen.flatMap(({ hash, transaction }) => onWaiting('CANDIDATE', hash, transaction))
}

/** Notices of transactions of the coming block that were executed since the last time. */
const preConfirmedNotices = (
  { context }: Socket,
  { kind, told }: Subscription,
): readonly Notice[] => {
  if (kind.onPreConfirmed === null) return []
  const block = context.visible.preConfirmed()
  const notices = kind.onPreConfirmed(context, block, (hash) => !told.has(hash))
  for (const { hash } of block.transactions) told.add(hash)
  return notices
}

/**
 * Tells of transactions that wait for the coming block: first that they were chosen, then that they
 * were executed.
 */
export const tellWaiting = (socket: Socket, subscription: Subscription): void => {
  if (!tellsEarly(socket)) return
  const candidates = candidateNotices(socket, subscription)
  tellEarly(socket, subscription, [...candidates, ...preConfirmedNotices(socket, subscription)])
}

/** Tells the subscriptions of all sockets of what the chain does. */
export const createTelling = (sockets: ReadonlySet<Socket>, onError: (error: unknown) => void) => {
  let flushing: NodeJS.Immediate | null = null
  const attempt = (act: () => void): void => {
    try {
      act()
    } catch (error) {
      onError(error)
    }
  }
  const forEach = (act: (socket: Socket, subscription: Subscription) => void): void =>
    attempt(() => {
      for (const socket of sockets)
        for (const subscription of socket.subscriptions.values()) act(socket, subscription)
    })
  const stop = (): void => {
    if (flushing !== null) clearImmediate(flushing)
    flushing = null
  }
  const flush = (): void => {
    if (flushing === null) return
    stop()
    forEach(tellWaiting)
  }
  const onChange = (change: ChainChange): void => {
    switch (change.kind) {
      case 'received':
        forEach((socket, subscription) => {
          const { onWaiting } = subscription.kind
          if (onWaiting === null || !tellsEarly(socket)) return
          tellEarly(socket, subscription, onWaiting('RECEIVED', change.hash, change.transaction))
        })
        // Several transactions that arrive together are simulated once.
        flushing ??= setImmediate(flush)
        return
      case 'held':
        flushing ??= setImmediate(flush)
        return
      case 'sealed':
        forEach(pump)
        return
      case 'reorged':
        forEach((socket, subscription) => tellReorg(socket, subscription, change.reorg))
        return
      case 'accepted-on-l1':
        forEach((socket, subscription) => {
          tell(socket, subscription, subscription.kind.onL1(socket.context, change.from, change.to))
        })
        return
      default:
        change satisfies never
    }
  }
  return { attempt, onChange, flush, stop, pumpAll: () => forEach(pump) }
}
