/**
 * Felts and events as the sandbox's file holds them: text that only the store writes, and that it
 * therefore reads without checks.
 */
import { type Felt, spellFelt } from '../../../domain/felt.ts'
import type { CallTrace, ChainEvent, ExecutedTransaction } from '../chain/block.ts'
import type { StoredRow } from '../chain/game.ts'

/** Columns of what a transaction did. */
export type EffectText = Readonly<{
  revertReason: string | null
  l2Gas: number
  events: string
  eventCount: number
  calls: string
}>

/** Columns of a transaction; `body` is the transaction itself in JSON. */
export type TransactionText = EffectText & Readonly<{ hash: Felt; body: string }>

/** Columns of a version of a row. */
export type RowText = Readonly<{
  model: string
  selector: Felt
  entityId: Felt
  keys: string
  values: string
}>

/** What a block holds, as it is stored and as its hash commits to it. */
export type BlockText = Readonly<{
  transactions: readonly TransactionText[]
  rows: readonly RowText[]
}>

/** Felts separated by blanks. */
const textOfBigints = (values: readonly bigint[]): string => values.map(spellFelt).join(' ')

export const bigintsOf = (text: string): bigint[] =>
  text === '' ? [] : text.split(' ').map(BigInt)

// Felts as they were written; only injected ones may have another spelling.
const feltsOf = (text: string): Felt[] => (text === '' ? [] : (text.split(' ') as Felt[]))

/** One line per event: address, keys and data, set apart by bars. */
const textOfEvents = (events: readonly ChainEvent[]): string =>
  events
    .map(({ from_address, keys, data }) => `${from_address}|${keys.join(' ')}|${data.join(' ')}`)
    .join('\n')

export const eventsOf = (text: string): ChainEvent[] =>
  text === ''
    ? []
    : text.split('\n').map((line) => {
        // As textOfEvents wrote it.
        const [from, keys, data] = line.split('|') as [Felt, string, string]
        return { from_address: from, keys: feltsOf(keys), data: feltsOf(data) }
      })

/** One line per call: the number of its events and what it returned. */
const textOfCalls = (calls: readonly CallTrace[]): string =>
  calls.map(({ events, returned }) => `${events}|${returned.join(' ')}`).join('\n')

export const callsOf = (text: string): CallTrace[] =>
  text === ''
    ? []
    : text.split('\n').map((line) => {
        const [events, returned] = line.split('|') as [string, string] // as textOfCalls wrote it
        return { events: Number(events), returned: feltsOf(returned) }
      })

export const textOfEffect = ({
  receipt,
  calls,
}: Pick<ExecutedTransaction, 'receipt' | 'calls'>): EffectText => ({
  revertReason: receipt.revertReason,
  l2Gas: receipt.l2Gas,
  events: textOfEvents(receipt.events),
  eventCount: receipt.events.length,
  calls: textOfCalls(calls),
})

export const textOfRow = ({
  model,
  modelSelector,
  entityId,
  keys,
  values,
}: StoredRow): RowText => ({
  model,
  selector: spellFelt(modelSelector),
  entityId: spellFelt(entityId),
  keys: textOfBigints(keys),
  values: textOfBigints(values),
})

export const textOfBlock = (
  transactions: readonly ExecutedTransaction[],
  changedRows: readonly StoredRow[],
): BlockText => ({
  transactions: transactions.map(({ hash, transaction, ...effect }) => ({
    hash,
    body: JSON.stringify(transaction),
    ...textOfEffect(effect),
  })),
  rows: changedRows.map(textOfRow),
})
