/**
 * A chain for tests of commands: it keeps nonces and a pool, makes blocks when told, and writes
 * what an honest ingest would write into the log. `move_adventurer` succeeds, `discover_hex` is
 * refused by the game, `pay_hex_maintenance` is refused in silence and `discover_area` reverts.
 */
import { createHash } from 'node:crypto'
import type { EventLog, NewEvent } from '../domain/event-log/event-log.ts'
import { type Felt, feltOfShortString } from '../domain/felt.ts'
import { createWakeUps } from '../domain/waiting/wake-ups.ts'
import { BLOCK_INGESTED } from '../domain/world-stream/facts.ts'
import { uuidV5 } from '../schemas/crypto/uuid.ts'
import type { CoveredHead, CoveredHeads } from './covered-heads.ts'
import type {
  ContractCall,
  SendOutcome,
  SignedTransaction,
  TransactionSender,
  TransactionStatus,
  UnsignedTransaction,
} from './transaction-sender.ts'

export const WORLD_STREAM = 'world-TEST-0x1'

type Pooled = Readonly<{ hash: Felt; transaction: UnsignedTransaction }>
type Done = Readonly<{ block: number; revertReason: string | null }>

const bound = { maxAmount: '1', maxPricePerUnit: '1' }

const hashOf = (transaction: UnsignedTransaction): Felt =>
  `0x${BigInt(`0x${createHash('sha256').update(JSON.stringify(transaction)).digest('hex').slice(0, 60)}`).toString(16)}`

const factsOf = ({
  entrypoint,
}: ContractCall): { type: string; data: Record<string, string> }[] => {
  switch (entrypoint) {
    case 'move_adventurer':
      return [
        { type: 'AdventurerWritten', data: { entityId: '0x5' } },
        { type: 'AdventurerMoved', data: { adventurer_id: '0x1' } },
      ]
    case 'discover_hex':
      return [
        {
          type: 'WorldActionRejected',
          data: { reason: feltOfShortString('LOW_ENERGY') as string },
        },
      ]
    default:
      return []
  }
}

export const createFakeChain = (log: EventLog, accounts: readonly Felt[]) => {
  const nonces = new Map<Felt, bigint>(accounts.map((account) => [account, 0n]))
  const done = new Map<Felt, Done>()
  const executed: ContractCall[] = []
  const wakeUps = createWakeUps()
  let pool: Pooled[] = []
  let block = 0
  let head: CoveredHead | null = null

  const nonceWithPool = (account: Felt): bigint | null => {
    const accepted = nonces.get(account)
    return accepted === undefined
      ? null
      : accepted + BigInt(pool.filter(({ transaction }) => transaction.account === account).length)
  }

  const add = (transaction: UnsignedTransaction): SendOutcome => {
    const hash = hashOf(transaction)
    if (pool.some((other) => other.hash === hash)) return { kind: 'sent' }
    if (transaction.calls.some(({ to }) => to === '0xbad'))
      return { kind: 'refused', code: 55, message: 'bad key' }
    if (BigInt(transaction.nonce) !== nonceWithPool(transaction.account))
      return { kind: 'wrong-nonce' }
    pool.push({ hash, transaction })
    return { kind: 'sent' }
  }

  const execute = ({ hash, transaction }: Pooled): NewEvent[] => {
    nonces.set(transaction.account, BigInt(transaction.nonce) + 1n)
    executed.push(...transaction.calls)
    const reverts = transaction.calls.some(({ entrypoint }) => entrypoint === 'discover_area')
    done.set(hash, { block, revertReason: reverts ? 'Option::unwrap failed' : null })
    return transaction.calls.flatMap(factsOf).map(({ type, data }, eventIndex) => ({
      id: uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', `${hash}/${eventIndex}`),
      type,
      data,
      meta: { schemaVersion: 1, block, transaction: hash, transactionIndex: 0, eventIndex },
    }))
  }

  const produceBlock = async (): Promise<void> => {
    block += 1
    const facts = pool.splice(0).flatMap(execute)
    const last = await log.head(WORLD_STREAM)
    if (facts.length > 0) {
      const data = { number: block, hash: `0x${block}`, eventCount: facts.length }
      const id = uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', `block ${block}`)
      const header: NewEvent = { id, type: BLOCK_INGESTED, data, meta: { schemaVersion: 1 } }
      await log.append(WORLD_STREAM, last ?? 'no-stream', [header, ...facts])
    }
    head = { block, position: (await log.head(WORLD_STREAM)) ?? -1 }
    wakeUps.wake('head')
  }

  const heads: CoveredHeads = {
    latest: async () => head,
    subscribe: async function* (signal) {
      while (!signal.aborted) {
        const wait = wakeUps.next(() => true)
        signal.addEventListener('abort', () => wakeUps.wakeAll(), { once: true })
        await wait.woken
        yield head
      }
    },
  }

  const status = (hash: Felt): TransactionStatus => {
    const found = done.get(hash)
    if (found !== undefined) return { kind: 'included', ...found }
    return pool.some((other) => other.hash === hash) ? { kind: 'pending' } : { kind: 'unknown' }
  }

  const sender: TransactionSender = {
    accounts,
    bounds: { l1Gas: bound, l1DataGas: bound, l2Gas: bound },
    nonce: async (account) => nonceWithPool(account),
    sign: async (transaction): Promise<SignedTransaction> => ({
      hash: hashOf(transaction),
      payload: transaction,
    }),
    send: async ({ payload }) => add(payload as UnsignedTransaction), // as `sign` made it
    status: async (hash) => status(hash),
  }

  return {
    sender,
    heads,
    produceBlock,
    /** Every call that took place, in order. */
    executed: (): readonly ContractCall[] => executed,
    /** The node restarts and loses what was not in a block. */
    losePool: (): void => {
      pool = []
    },
    /** Somebody else uses the account with another tool. */
    addForeign: (account: Felt): void => {
      const nonce = (nonceWithPool(account) ?? 0n).toString()
      const calls = [{ to: '0xf' as const, entrypoint: 'foreign', calldata: [] }]
      add({ account, nonce, bounds: sender.bounds, calls })
    },
  }
}

export type FakeChain = ReturnType<typeof createFakeChain>
