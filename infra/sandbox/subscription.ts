/**
 * What each kind of WebSocket subscription tells of a sealed block, of the pre-confirmed block, and of a transaction that
 * has just arrived. Pure: who listens, and how far he has been told, is subscriptions.ts.
 */
import type { Felt } from '../../domain/felt.ts'
import type { BlockHeader, ExecutedTransaction } from './block.ts'
import type { PreConfirmedBlock } from './chain.ts'
import type { InvokeTransaction } from './invoke-transaction.ts'
import type { RpcContext } from './rpc-context.ts'
import {
  type EventSelection,
  isSelected,
  type PlacedEvent,
  preConfirmedEvents,
  renderEvent,
} from './rpc-event-methods.ts'
import { executionStatusOf, renderBareHeader, renderReceipt, renderTransaction } from './rpc-rendering.ts'

/** A notification without the id of the subscription that it goes to. */
export type Notice = Readonly<{ method: string; result: unknown }>

export type SubscriptionKind = Readonly<{
  onSealed: (context: RpcContext, header: BlockHeader) => readonly Notice[]
  /** Null for kinds that tell nothing before a block is sealed. `isNew`: not told of this transaction yet. */
  onPreConfirmed:
    | ((context: RpcContext, block: PreConfirmedBlock, isNew: (hash: Felt) => boolean) => readonly Notice[])
    | null
  onReceived: (context: RpcContext, hash: Felt, transaction: InvokeTransaction) => readonly Notice[]
}>

const nothing = (): readonly Notice[] => []

export const newHeads: SubscriptionKind = {
  onSealed: (_, header) => [{ method: 'starknet_subscriptionNewHeads', result: renderBareHeader(header) }],
  onPreConfirmed: null,
  onReceived: nothing,
}

export type Finality = 'RECEIVED' | 'CANDIDATE' | 'PRE_CONFIRMED' | 'ACCEPTED_ON_L2'

const eventNotice = ({ spec, quirks }: RpcContext, event: PlacedEvent, finality: Finality): Notice => ({
  method: 'starknet_subscriptionEvents',
  // Katana tells of sealed blocks alone, and so names no status.
  result: { ...renderEvent(event, spec), ...(quirks === 'katana' ? {} : { finality_status: finality }) },
})

/** Events of a selection; with `early`, of the pre-confirmed block too, and so once per status. */
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
  onReceived: nothing,
})

/** The notice of a transaction's status. */
export const statusNotice = (hash: Felt, finality: Finality, executed: ExecutedTransaction | null): Notice => {
  const revertReason = executed?.receipt.revertReason ?? null
  return {
    method: 'starknet_subscriptionTransactionStatus',
    result: {
      transaction_hash: hash,
      status: {
        finality_status: finality,
        ...(executed === null ? {} : { execution_status: executionStatusOf(revertReason) }),
        ...(revertReason === null ? {} : { failure_reason: revertReason }),
      },
    },
  }
}

export const transactionStatusKind = (hash: Felt): SubscriptionKind => ({
  onSealed: ({ chain }, { number }) => {
    const found = chain.store.transactionByHash(hash)
    return found?.block === number ? [statusNotice(hash, 'ACCEPTED_ON_L2', found)] : []
  },
  onPreConfirmed: (_, { transactions }, isNew) =>
    transactions
      .filter((executed) => executed.hash === hash && isNew(hash))
      .map((executed) => statusNotice(hash, 'PRE_CONFIRMED', executed)),
  onReceived: (_, received) => (received === hash ? [statusNotice(hash, 'RECEIVED', null)] : []),
})

/** Transactions of some senders, at some statuses. An empty list of senders means everybody. */
export type SenderSelection = Readonly<{ finality: readonly Finality[]; senders: readonly Felt[] }>

const isFrom = ({ senders }: SenderSelection, { sender_address }: InvokeTransaction): boolean =>
  senders.length === 0 || senders.includes(sender_address)

type Render = (executed: ExecutedTransaction, finality: Finality, header: BlockHeader | null, block: number) => Notice

/** A kind that tells of each executed transaction at the statuses that were asked for. */
const executedKind = (selection: SenderSelection, render: Render): Omit<SubscriptionKind, 'onReceived'> => ({
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

const transactionNotice = (executed: Parameters<typeof renderTransaction>[0], finality: Finality): Notice => ({
  method: 'starknet_subscriptionNewTransaction',
  result: { ...renderTransaction(executed), finality_status: finality },
})

export const newTransactionsKind = (selection: SenderSelection): SubscriptionKind => ({
  ...executedKind(selection, transactionNotice),
  onReceived: (_, hash, transaction) =>
    selection.finality.includes('RECEIVED') && isFrom(selection, transaction)
      ? [transactionNotice({ hash, transaction }, 'RECEIVED')]
      : [],
})

export const newReceiptsKind = (selection: SenderSelection): SubscriptionKind => ({
  ...executedKind(selection, (executed, _, header, block) => ({
    method: 'starknet_subscriptionNewTransactionReceipts',
    result: {
      ...renderReceipt(executed, header !== null),
      ...(header === null ? {} : { block_hash: header.hash }),
      block_number: block,
    },
  })),
  onReceived: nothing,
})
