/**
 * A chain for tests of commands: it keeps nonces and a pool, makes blocks and drops them when told,
 * and writes what an honest ingest would write into the log. `move_adventurer` succeeds,
 * `discover_hex` is refused by the game, `pay_hex_maintenance` is refused in silence and
 * `discover_area` reverts.
 */
import { createHash } from 'node:crypto'
import { FatalError } from '../domain/errors.ts'
import type { EventLog, JsonObject, NewEvent } from '../domain/event-log/event-log.ts'
import { type Felt, feltOfShortString } from '../domain/felt.ts'
import { until } from '../domain/waiting/pause.ts'
import { createWakeUps } from '../domain/waiting/wake-ups.ts'
import { BLOCK_INGESTED, BLOCK_RETRACTED, type BlockRef } from '../domain/world-stream/facts.ts'
import { uuidV5 } from '../schemas/crypto/uuid.ts'
import type { CoveredHead, CoveredHeads } from './covered-heads.ts'
import { onFakeLine } from './fake-line.testing.ts'
import type {
  ContractCall,
  SendOutcome,
  TransactionSender,
  TransactionStatus,
  UnsignedTransaction,
} from './transaction-sender.ts'

/** The stream that the fake chain's facts go into. */
export const WORLD_STREAM = 'world-TEST-0x1'
/** A contract to which no call is taken. */
export const REFUSING_CONTRACT: Felt = '0xbad'

const IDS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'

type Pooled = Readonly<{ hash: Felt; transaction: UnsignedTransaction }>
type Block = Readonly<{ number: number; hash: Felt; transactions: readonly Pooled[] }>

const bound = { maxAmount: '1', maxPricePerUnit: '1' }
const BOUNDS = { l1Gas: bound, l1DataGas: bound, l2Gas: bound }

const hashOf = (content: object): Felt => {
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex')
  return `0x${BigInt(`0x${digest.slice(0, 60)}`).toString(16)}`
}

const revertReasonOf = ({ calls }: UnsignedTransaction): string | null =>
  calls.some(({ entrypoint }) => entrypoint === 'discover_area') ? 'Option::unwrap failed' : null

const factsOf = ({ entrypoint }: ContractCall): { type: string; data: JsonObject }[] => {
  switch (entrypoint) {
    case 'move_adventurer':
      return [
        { type: 'AdventurerWritten', data: { entityId: '0x5' } },
        { type: 'AdventurerMoved', data: { adventurer_id: '0x1' } },
      ]
    case 'discover_hex':
      return [{ type: 'WorldActionRejected', data: { reason: feltOfShortString('LOW_ENERGY') } }]
    default:
      return []
  }
}

const callsOf = (transactions: readonly Pooled[]): readonly ContractCall[] =>
  transactions.flatMap(({ transaction }) => transaction.calls)

/** A reverted transaction has done nothing but spend its nonce. */
const effectiveOf = (transactions: readonly Pooled[]): readonly Pooled[] =>
  transactions.filter(({ transaction }) => revertReasonOf(transaction) === null)

/** Blocks and the pool. */
const createNode = (accounts: readonly Felt[]) => {
  const blocks: Block[] = []
  let pool: Pooled[] = []
  let reorgs = 0

  const nonceOf = (account: Felt, among: readonly Pooled[]): bigint =>
    BigInt(among.filter(({ transaction }) => transaction.account === account).length)
  const nonceWithPool = (account: Felt): bigint | null =>
    accounts.includes(account)
      ? blocks.reduce(
          (nonce, { transactions }) => nonce + nonceOf(account, transactions),
          nonceOf(account, pool),
        )
      : null

  const add = (transaction: UnsignedTransaction): SendOutcome => {
    const hash = hashOf(transaction)
    if (pool.some((other) => other.hash === hash)) return { kind: 'sent' }
    if (transaction.calls.some(({ to }) => to === REFUSING_CONTRACT))
      return { kind: 'refused', code: 55, message: 'bad key' }
    if (BigInt(transaction.nonce) !== nonceWithPool(transaction.account))
      return { kind: 'wrong-nonce' }
    pool.push({ hash, transaction })
    return { kind: 'sent' }
  }

  const status = (hash: Felt): TransactionStatus => {
    for (const { number, transactions } of blocks) {
      const found = transactions.find((other) => other.hash === hash)
      if (found !== undefined)
        return { kind: 'included', block: number, revertReason: revertReasonOf(found.transaction) }
    }
    return pool.some((other) => other.hash === hash) ? { kind: 'pending' } : { kind: 'unknown' }
  }

  return {
    blocks,
    add,
    status,
    nonceWithPool,
    mine: (): void => {
      const number = blocks.length + 1
      blocks.push({ number, hash: hashOf({ number, reorgs }), transactions: pool.splice(0) })
    },
    /** What waits is kept where its nonce allows it. */
    reorg: (depth: number, isKept: boolean): void => {
      reorgs += 1
      const dropped = blocks.splice(-depth).flatMap(({ transactions }) => transactions)
      const waiting = pool
      pool = []
      for (const { transaction } of [...(isKept ? dropped : []), ...waiting]) add(transaction)
    },
    losePool: (): void => {
      pool = []
    },
  }
}

type Node = ReturnType<typeof createNode>
type Logged = Readonly<{ ref: BlockRef }>

const headerOf = ({ number, hash }: Block) => ({
  number,
  hash,
  timestamp: number,
  finality: 'ACCEPTED_ON_L2' as const,
})

const eventOf = (type: string, data: object, name: string, meta: JsonObject = {}): NewEvent => ({
  id: uuidV5(IDS, name),
  type,
  data: data as JsonObject, // written out here
  meta: { schemaVersion: 1, ...meta },
})

const factsOfBlock = ({ number, hash, transactions }: Block): readonly NewEvent[] =>
  effectiveOf(transactions).flatMap(({ hash: transaction, transaction: { calls } }, at) =>
    calls.flatMap(factsOf).map(({ type, data }, eventIndex) =>
      eventOf(type, data, `${hash}/${transaction}/${eventIndex}`, {
        block: number,
        transaction,
        transactionIndex: at,
        eventIndex,
      }),
    ),
  )

/** Brings the log to where the node is. */
const createIngest = (log: EventLog, { blocks }: Node) => {
  const logged: Logged[] = []
  let covered: Block[] = []

  const append = async (events: readonly NewEvent[]): Promise<void> => {
    await log.append(WORLD_STREAM, (await log.head(WORLD_STREAM)) ?? 'no-stream', events)
  }
  const retract = async ({ ref: retracted }: Logged): Promise<void> => {
    const remaining = logged.at(-1)?.ref ?? null
    const name = `retract ${retracted.position} ${retracted.hash}`
    await append([eventOf(BLOCK_RETRACTED, { retracted, remaining }, name)])
  }
  const take = async (block: Block): Promise<void> => {
    const facts = factsOfBlock(block)
    if (facts.length === 0) return
    const position = ((await log.head(WORLD_STREAM)) ?? -1) + 1
    const data = { ...headerOf(block), eventCount: facts.length }
    await append([eventOf(BLOCK_INGESTED, data, `block ${block.hash} at ${position}`), ...facts])
    logged.push({ ref: { ...headerOf(block), position } })
  }

  return async (): Promise<CoveredHead | null> => {
    const stands = ({ number, hash }: Pick<Block, 'number' | 'hash'>): boolean =>
      blocks[number - 1]?.hash === hash
    for (let last = logged.at(-1); last !== undefined && !stands(last.ref); last = logged.at(-1)) {
      logged.pop()
      await retract(last)
    }
    const next = covered.filter(stands).length
    covered = [...blocks]
    for (const block of covered.slice(next)) await take(block)
    const newest = covered.at(-1)
    const position = (await log.head(WORLD_STREAM)) ?? -1
    return newest === undefined ? null : { block: newest.number, hash: newest.hash, position }
  }
}

const senderOf = (node: Node, accounts: readonly Felt[]): TransactionSender => ({
  accounts,
  bounds: BOUNDS,
  nonce: async (account) => node.nonceWithPool(account),
  sign: async (transaction) => {
    if (!accounts.includes(transaction.account)) throw new FatalError('there is no such key')
    return { hash: hashOf(transaction), payload: transaction }
  },
  send: async ({ payload }) => node.add(payload as UnsignedTransaction), // as `sign` made it
  status: async (hash) => node.status(hash),
  blockHash: async (number) => node.blocks[number - 1]?.hash ?? null,
})

/** A chain without blocks on which these accounts are deployed, and whose world goes into `log`. */
export const createFakeChain = (log: EventLog, accounts: readonly Felt[]) => {
  const node = createNode(accounts)
  const { sender, line } = onFakeLine(senderOf(node, accounts))
  const bringLog = createIngest(log, node)
  const wakeUps = createWakeUps()
  let head: CoveredHead | null = null

  const ingest = async (): Promise<void> => {
    head = await bringLog()
    wakeUps.wake('head')
  }
  const heads: CoveredHeads = {
    latest: async () => head,
    subscribe: async function* (signal) {
      while (!signal.aborted) {
        const wait = wakeUps.next(() => true)
        await until(wait.woken, signal)
        wait.cancel()
        yield head
      }
    },
  }
  return {
    sender,
    line,
    heads,
    /** Makes a block that the log does not hold yet. */
    mine: node.mine,
    /** Brings the log to where the chain is, retractions included. */
    ingest,
    /** Wakes those that wait for heads, without a cause. */
    nudge: (): void => wakeUps.wake('head'),
    produceBlock: async (): Promise<void> => {
      node.mine()
      await ingest()
    },
    /**
     * Drops the newest blocks; their transactions wait again, or are lost. The log learns of it by
     * `ingest`.
     */
    reorg: node.reorg,
    /** Every call that took place in blocks that stand, in order; reverted ones, too. */
    executed: (): readonly ContractCall[] =>
      node.blocks.flatMap(({ transactions }) => callsOf(transactions)),
    /** Those of them that had their effect. */
    effects: (): readonly ContractCall[] =>
      node.blocks.flatMap(({ transactions }) => callsOf(effectiveOf(transactions))),
    /** The node restarts and loses what was not in a block. */
    losePool: node.losePool,
    /** Somebody else uses the account with another tool. */
    addForeign: (account: Felt): void => {
      const nonce = (node.nonceWithPool(account) ?? 0n).toString()
      const calls = [{ to: '0xf' as const, entrypoint: 'foreign', calldata: [] }]
      node.add({ account, nonce, bounds: BOUNDS, calls })
    },
  }
}

/** What a test does with the chain. */
export type FakeChain = ReturnType<typeof createFakeChain>
