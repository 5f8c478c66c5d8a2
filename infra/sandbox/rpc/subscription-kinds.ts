/**
 * What each kind of WebSocket subscription tells of a sealed block, of the pre-confirmed block, of
 * a waiting transaction, and of blocks that are accepted on L1. Pure: the sockets, and how far each
 * subscription was told, are in subscription-telling.ts.
 */
import type { Felt } from '../../../domain/felt.ts'
import type { BlockHeader, ExecutedTransaction } from '../chain/block.ts'
import type { PreConfirmedBlock } from '../chain/chain.ts'
import type { InvokeTransaction } from '../chain/invoke-transaction.ts'
import type { HeldStatus } from '../chain/pending-pool.ts'
import type { RpcContext } from './context.ts'
import {
  type EventSelection,
  isSelected,
  type PlacedEvent,
  preConfirmedEvents,
  renderEvent,
} from './event-methods.ts'
import { renderBareHeader, renderReceipt, renderTransaction } from './rendering.ts'
import { statusOf } from './transaction-methods.ts'

/** A notification without the id of the subscription that it goes to. */
export type Notice = Readonly<{ method: string; result: unknown }>

export type SubscriptionKind = Readonly<{
  onSealed: (context: RpcContext, header: BlockHeader) => readonly Notice[]
  /**
   * Null for kinds that tell nothing before a block is sealed. `isNew`: whether the subscription
   * was not told of this transaction yet.
   */
  onPreConfirmed:
    | ((
        context: RpcContext,
        block: PreConfirmedBlock,
        isNew: (hash: Felt) => boolean,
      ) => readonly Notice[])
    | null
  /**
   * A transaction has arrived, or was chosen for the coming block. Null for kinds that tell of
   * neither.
   */
  onWaiting:
    | ((status: HeldStatus, hash: Felt, transaction: InvokeTransaction) => readonly Notice[])
    | null
  /** Blocks after `from` up to `to` were accepted on L1. */
  onL1: (context: RpcContext, from: number, to: number) => readonly Notice[]
}>

const nothing = (): readonly Notice[] => []

export const newHeads: SubscriptionKind = {
  onSealed: (_, header) => [
    { method: 'starknet_subscriptionNewHeads', result: renderBareHeader(header) },
  ],
  onPreConfirmed: null,
  onWaiting: null,
  onL1: nothing,
}

export type Finality = HeldStatus | 'PRE_CONFIRMED' | 'ACCEPTED_ON_L2'

const eventNotice = ({ spec }: RpcContext, event: PlacedEvent, finality: Finality): Notice => ({
  method: 'starknet_subscriptionEvents',
  result: { ...renderEvent(event, spec), finality_status: finality },
})

/**
 * Events of a selection. With `early` those of the pre-confirmed block too, so that each event is
 * told once per status.
 */
export const eventsKind = (selection: EventSelection, early: boolean): SubscriptionKind => ({
  onSealed: (context, { number, hash }) =>
    context.chain.store.transactions(number).flatMap((executed, transaction) =>
      executed.receipt.events
        .map((chainEvent, event) => ({
          ...chainEvent,
          block: number,
          blockHash: hash,
          transaction,
          transactionHash: executed.hash,
          event,
        }))
        .filter((event) => isSelected(event, selection))
        .map((event) => eventNotice(context, event, 'ACCEPTED_ON_L2')),
    ),
  onPreConfirmed: early
    ? (context, block, isNew) =>
        preConfirmedEvents(block)
          .filter((event) => isNew(event.transactionHash) && isSelected(event, selection))
          .map((event) => eventNotice(context, event, 'PRE_CONFIRMED'))
    : null,
  onWaiting: null,
  onL1: nothing,
})

/** The notice of a transaction's status; null when the node does not know the transaction. */
const statusNotice = (context: RpcContext, hash: Felt): Notice | null => {
  const status = statusOf(context, hash)
  return status === null ? null : noticeOfStatus(hash, status)
}

/**
 * The first notice to a subscriber of a transaction. That the transaction is pre-confirmed is told
 * afterwards, as to every subscriber.
 */
export const statusGreeting = (context: RpcContext, hash: Felt): readonly Notice[] => {
  const waiting = context.chain.pending(hash)
  // Katana has no other status for transactions in its pool.
  if (waiting !== null && context.quirks === 'katana')
    return [noticeOfStatus(hash, { finality_status: 'ACCEPTED_ON_L2' })]
  const notice = waiting?.status === 'PRE_CONFIRMED' ? null : statusNotice(context, hash)
  return notice === null ? [] : [notice]
}

const noticeOfStatus = (transaction_hash: Felt, status: unknown): Notice => ({
  method: 'starknet_subscriptionTransactionStatus',
  result: { transaction_hash, status },
})

export const transactionStatusKind = (hash: Felt): SubscriptionKind => {
  /** The present status, if the transaction is in one of these blocks. */
  const inBlocks = (context: RpcContext, from: number, to: number): readonly Notice[] => {
    const block = context.visible.transactionByHash(hash)?.block
    const notice =
      block !== undefined && block > from && block <= to ? statusNotice(context, hash) : null
    return notice === null ? [] : [notice]
  }
  return {
    onSealed: (context, { number }) => inBlocks(context, number - 1, number),
    onPreConfirmed: (context, { transactions }, isNew) => {
      const isThere = isNew(hash) && transactions.some((executed) => executed.hash === hash)
      const notice = isThere ? statusNotice(context, hash) : null
      return notice === null ? [] : [notice]
    },
    onWaiting: (status, waiting) =>
      waiting === hash ? [noticeOfStatus(hash, { finality_status: status })] : [],
    onL1: inBlocks,
  }
}

/** Transactions of some senders, at some statuses. An empty list means all senders. */
export type SenderSelection = Readonly<{ finality: readonly Finality[]; senders: readonly Felt[] }>

const isFrom = ({ senders }: SenderSelection, { sender_address }: InvokeTransaction): boolean =>
  senders.length === 0 || senders.includes(sender_address)

type ExecutedFinality = Exclude<Finality, HeldStatus>
type Render = (
  executed: ExecutedTransaction,
  finality: ExecutedFinality,
  header: BlockHeader | null,
  block: number,
) => Notice

/** A kind that tells of each executed transaction at the statuses that were asked for. */
const executedKind = (
  selection: SenderSelection,
  render: Render,
): Omit<SubscriptionKind, 'onWaiting'> => ({
  onL1: nothing,
  onSealed: ({ chain }, header) =>
    selection.finality.includes('ACCEPTED_ON_L2')
      ? chain.store
          .transactions(header.number)
          .filter(({ transaction }) => isFrom(selection, transaction))
          .map((executed) => render(executed, 'ACCEPTED_ON_L2', header, header.number))
      : [],
  onPreConfirmed: selection.finality.includes('PRE_CONFIRMED')
    ? (_, { number, transactions }, isNew) =>
        transactions
          .filter(({ hash, transaction }) => isNew(hash) && isFrom(selection, transaction))
          .map((executed) => render(executed, 'PRE_CONFIRMED', null, number))
    : null,
})

const transactionNotice = (
  executed: Parameters<typeof renderTransaction>[0],
  finality: Finality,
): Notice => ({
  method: 'starknet_subscriptionNewTransaction',
  result: { ...renderTransaction(executed), finality_status: finality },
})

export const newTransactionsKind = (selection: SenderSelection): SubscriptionKind => ({
  ...executedKind(selection, transactionNotice),
  onWaiting: (status, hash, transaction) =>
    selection.finality.includes(status) && isFrom(selection, transaction)
      ? [transactionNotice({ hash, transaction }, status)]
      : [],
})

export const newReceiptsKind = (selection: SenderSelection): SubscriptionKind => ({
  ...executedKind(selection, (executed, finality, header, block) => ({
    method: 'starknet_subscriptionNewTransactionReceipts',
    result: {
      ...renderReceipt(executed, finality),
      ...(header === null ? {} : { block_hash: header.hash }),
      block_number: block,
    },
  })),
  onWaiting: null,
})
