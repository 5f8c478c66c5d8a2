/** The JSON-RPC methods that exist on WebSockets only: subscribing and unsubscribing. */
import { z } from 'zod'
import { feltSchema } from '../chain/invoke-transaction.ts'
import { type BlockId, blockIdSchema, findBlock, type Quirks, type RpcContext } from './context.ts'
import { type RpcAnswer, type RpcErrorName, refusal } from './errors.ts'
import { addressesSchema, filterFault, keysSchema } from './event-methods.ts'
import { type RpcMethods, rpcMethod } from './method.ts'
import {
  eventsKind,
  type Finality,
  type Notice,
  newHeads,
  newReceiptsKind,
  newTransactionsKind,
  type SenderSelection,
  type SubscriptionKind,
  statusGreeting,
  transactionStatusKind,
} from './subscription-kinds.ts'

/** How many blocks a subscription can go back. */
export const BLOCKS_BACK_MAX = 1_024
export const SOCKET_SUBSCRIPTIONS_MAX = 128
const SENDERS_MAX = 128

/** What a socket offers for subscribing. */
export type Subscribing = Readonly<{
  /** The socket's subscriptions by id. */
  subscriptions: Readonly<{ size: number; delete: (id: string) => boolean }>
  /**
   * Opens a subscription from block `first` on; `greeting` is sent first, after the answer. Returns
   * its id.
   */
  open: (kind: SubscriptionKind, first: number, greeting: readonly Notice[]) => string
  quirks: Quirks | null
}>

/** An id as clients see it: text by the specification, a number by Katana. */
export const shownId = (id: string, quirks: Quirks | null): string | number =>
  quirks === 'katana' ? Number(id) : id

const sendersSchema = z.array(feltSchema).default([])

const refusedOr = (
  fault: Readonly<{ refused: RpcErrorName; data?: unknown }> | number,
  open: (first: number) => RpcAnswer,
) => (typeof fault === 'number' ? open(fault) : refusal(fault.refused, fault.data))

/** The first block to tell of: the one that was asked for, or the next to come. */
const firstBlock = (context: RpcContext, id: BlockId | undefined) => {
  const head = context.visible.head().number
  if (id === undefined || (id.kind === 'tag' && id.tag === 'latest')) return head + 1
  if (id.kind === 'tag') {
    if (context.quirks === 'katana') return { refused: 'BLOCK_NOT_FOUND' } as const
    return {
      refused: 'INVALID_PARAMS',
      data: { field: 'block_id', reason: `${id.tag} cannot be subscribed to` },
    } as const
  }
  const found = findBlock(context, id)
  if (found?.kind !== 'sealed') return { refused: 'BLOCK_NOT_FOUND' } as const
  return head - found.header.number > BLOCKS_BACK_MAX
    ? ({ refused: 'TOO_MANY_BLOCKS_BACK' } as const)
    : found.header.number
}

/** Statuses that are told. Katana has no parameter for them: it tells of sealed transactions. */
const toldStatuses = (
  { quirks }: RpcContext,
  statuses: readonly Finality[],
): readonly Finality[] => (quirks === 'katana' ? ['ACCEPTED_ON_L2'] : statuses)

/** Opens a subscription and answers with its id, or refuses it. */
type Open = (kind: SubscriptionKind, first: number, greeting?: readonly Notice[]) => RpcAnswer

const openWithin =
  ({ subscriptions, open, quirks }: Subscribing): Open =>
  (kind, first, greeting = []) =>
    subscriptions.size >= SOCKET_SUBSCRIPTIONS_MAX
      ? refusal('UNEXPECTED_ERROR', `a socket can hold ${SOCKET_SUBSCRIPTIONS_MAX} subscriptions`)
      : { result: shownId(open(kind, first, greeting), quirks) }

const fromNow = ({ visible }: RpcContext): number => visible.head().number + 1

const blockSubscribing = (open: Open): RpcMethods => ({
  starknet_subscribeNewHeads: rpcMethod(
    { block_id: blockIdSchema.optional() },
    (context, { block_id }) =>
      refusedOr(firstBlock(context, block_id), (first) => open(newHeads, first)),
  ),

  starknet_subscribeEvents: rpcMethod(
    {
      from_address: addressesSchema.optional(),
      keys: keysSchema.default([]),
      block_id: blockIdSchema.optional(),
      finality_status: z.enum(['PRE_CONFIRMED', 'ACCEPTED_ON_L2']).default('ACCEPTED_ON_L2'),
    },
    (context, { from_address = null, keys, block_id, finality_status }) => {
      const fault = filterFault(context, { addresses: from_address, keys })
      if (fault !== null) return fault
      const kind = eventsKind(
        { addresses: from_address, keys },
        finality_status === 'PRE_CONFIRMED',
      )
      return refusedOr(firstBlock(context, block_id), (first) => open(kind, first))
    },
  ),
})

const transactionSubscribing = (open: Open): RpcMethods => {
  const openFor = (
    context: RpcContext,
    selection: SenderSelection,
    kindOf: (selection: SenderSelection) => SubscriptionKind,
  ): RpcAnswer =>
    selection.senders.length > SENDERS_MAX
      ? refusal('TOO_MANY_ADDRESSES_IN_FILTER')
      : open(
          kindOf({ ...selection, finality: toldStatuses(context, selection.finality) }),
          fromNow(context),
        )

  return {
    starknet_subscribeTransactionStatus: rpcMethod(
      { transaction_hash: feltSchema },
      (context, { transaction_hash }) =>
        open(
          transactionStatusKind(transaction_hash),
          fromNow(context),
          statusGreeting(context, transaction_hash),
        ),
    ),

    starknet_subscribeNewTransactions: rpcMethod(
      {
        finality_status: z
          .array(z.enum(['RECEIVED', 'CANDIDATE', 'PRE_CONFIRMED', 'ACCEPTED_ON_L2']))
          .default(['ACCEPTED_ON_L2']),
        sender_address: sendersSchema,
      },
      (context, { finality_status: finality, sender_address: senders }) =>
        openFor(context, { finality, senders }, newTransactionsKind),
    ),

    starknet_subscribeNewTransactionReceipts: rpcMethod(
      {
        finality_status: z
          .array(z.enum(['PRE_CONFIRMED', 'ACCEPTED_ON_L2']))
          .default(['ACCEPTED_ON_L2']),
        sender_address: sendersSchema,
      },
      (context, { finality_status: finality, sender_address: senders }) =>
        openFor(context, { finality, senders }, newReceiptsKind),
    ),
  }
}

/** Methods of one socket. */
export const subscriptionMethods = (socket: Subscribing): RpcMethods => {
  const open = openWithin(socket)
  return {
    ...blockSubscribing(open),
    ...transactionSubscribing(open),
    ...(socket.quirks === 'katana' ? katanaUnsubscribing : unsubscribing)(socket.subscriptions),
  }
}

const unsubscribing = (subscriptions: Subscribing['subscriptions']): RpcMethods => ({
  starknet_unsubscribe: rpcMethod({ subscription_id: z.string() }, (_, { subscription_id }) =>
    subscriptions.delete(subscription_id) ? { result: true } : refusal('INVALID_SUBSCRIPTION_ID'),
  ),
})

const KINDS = [
  'NewHeads',
  'Events',
  'TransactionStatus',
  'NewTransactions',
  'NewTransactionReceipts',
] as const

/**
 * Katana has one method per kind, as its library makes them, and answers false for an unknown id.
 */
const katanaUnsubscribing = (subscriptions: Subscribing['subscriptions']): RpcMethods =>
  Object.fromEntries(
    KINDS.map((kind) => [
      `starknet_unsubscribe${kind}`,
      rpcMethod({ subscription_id: z.number() }, (_, { subscription_id }) => ({
        result: subscriptions.delete(`${subscription_id}`),
      })),
    ]),
  )
