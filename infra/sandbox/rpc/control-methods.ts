/**
 * The sandbox's own methods: reorgs, faults and strange events on demand. No real node has them;
 * docs/sandbox.md says what each does. Faults strike these methods only if they name them.
 */
import { z } from 'zod'
import type { Felt } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { selectorsOf } from '../../../schemas/worlds/selectors.ts'
import type { ChainEvent } from '../chain/block.ts'
import { HOSTILE_NAMES, hostilePlayers } from '../chain/hostile-names.ts'
import { feltSchema } from '../chain/invoke-transaction.ts'
import { MODEL_UPGRADES_MAX, modelUpgraded } from '../chain/model-upgrades.ts'
import { BLOCKS_PER_SECOND_MAX } from '../played/replay.ts'
import type { RpcContext } from './context.ts'
import { refusal } from './errors.ts'
import { type RpcMethods, rpcMethod } from './method.ts'

const STRIKES_MAX = 10_000
const EVENTS_MAX = 1_000
const EVENT_FELTS_MAX = 1_000

const count = z.number().int().nonnegative().max(STRIKES_MAX)
const positive = z.number().int().positive().max(STRIKES_MAX)

/**
 * A felt as a broken node might spell it: anything printable except blanks and bars, which separate
 * felts in the file.
 */
const rawFelt = z
  .string()
  .regex(/^[!-{}~]{1,100}$/, 'must be 1 to 100 printable characters without blanks and bars')

const eventSchema = z.object({
  from_address: feltSchema.optional(),
  keys: z.array(rawFelt).max(EVENT_FELTS_MAX),
  data: z.array(rawFelt).max(EVENT_FELTS_MAX),
})

const faultSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('error'),
    error: z.object({ code: z.number().int(), message: z.string(), data: z.unknown().optional() }),
  }),
  z.object({
    kind: z.literal('status'),
    status: z.number().int().min(400).max(599),
    retryAfterSeconds: z.number().int().nonnegative().nullable().default(null),
  }),
  z.object({ kind: z.literal('timeout') }),
  z.object({ kind: z.literal('cut') }),
])

const done = (context: RpcContext) => ({ result: statusOf(context) })

/** What is in force now. */
const statusOf = ({ chain, faults, visible }: RpcContext) => ({
  head: { block_number: chain.head().number, block_hash: chain.head().hash },
  visible: { block_number: visible.head().number, block_hash: visible.head().hash },
  branch: chain.head().branch,
  reorgs: chain.store.reorgCount(),
  l1_accepted: chain.l1Accepted(),
  planned: faults.planned(),
})

const REPLAY_IS_FIXED = refusal('UNEXPECTED_ERROR', 'the chain of a replay does not change')

/**
 * Answers with the hash of a transaction of the operator, and seals it where each transaction has a
 * block of its own.
 */
const sent = ({ mine, minesInstantly }: RpcContext, transaction_hash: Felt) => {
  if (minesInstantly) mine()
  return { result: { transaction_hash } }
}

const chainControl: RpcMethods = {
  sandbox_status: rpcMethod({}, done),

  sandbox_replay: rpcMethod(
    { blocks_per_second: z.number().nonnegative().max(BLOCKS_PER_SECOND_MAX) },
    (context, { blocks_per_second }) => {
      if (context.replay === null)
        return refusal('UNEXPECTED_ERROR', 'this sandbox plays; it is no replay')
      context.replay.setSpeed(blocks_per_second)
      return done(context)
    },
  ),

  sandbox_reorg: rpcMethod(
    { depth: z.number().int().positive(), keep_transactions: z.boolean().default(true) },
    ({ chain, replay }, { depth, keep_transactions }) => {
      if (replay !== null) return REPLAY_IS_FIXED
      const depthMax = chain.reorgDepthMax()
      if (depth > depthMax) {
        return refusal('INVALID_PARAMS', {
          field: 'depth',
          reason: `${depthMax} blocks can be abandoned`,
        })
      }
      const { first, last } = chain.reorg(depth, keep_transactions)
      return {
        result: {
          starting_block_number: first.number,
          starting_block_hash: first.hash,
          ending_block_number: last.number,
          ending_block_hash: last.hash,
        },
      }
    },
  ),

  sandbox_acceptOnL1: rpcMethod(
    { block_number: z.number().int().nonnegative() },
    (context, { block_number }) => {
      const { chain, replay } = context
      if (replay !== null) return REPLAY_IS_FIXED
      if (block_number > chain.head().number) return refusal('BLOCK_NOT_FOUND')
      chain.acceptOnL1(block_number)
      return done(context)
    },
  ),

  sandbox_holdTransactions: rpcMethod(
    { status: z.enum(['RECEIVED', 'CANDIDATE']).nullable() },
    (context, { status }) => {
      context.chain.hold(status)
      return done(context)
    },
  ),

  sandbox_injectEvents: rpcMethod(
    { events: z.array(eventSchema).min(1).max(EVENTS_MAX) },
    (context, { events }) => {
      const { chain, replay } = context
      if (replay !== null) return REPLAY_IS_FIXED
      const injected = events.map(
        ({ from_address = chain.worldAddress, keys, data }): ChainEvent => {
          // They may be no felts: that is the purpose of this method.
          return { from_address, keys: keys as Felt[], data: data as Felt[] }
        },
      )
      return sent(context, chain.inject(injected))
    },
  ),

  sandbox_upgradeModel: rpcMethod({ model: z.string() }, (context, { model }) => {
    const { chain, replay } = context
    if (replay !== null) return REPLAY_IS_FIXED
    const { models } = selectorsOf(infiniteHexAdventurers)
    const selector = Object.hasOwn(models, model) ? models[model] : undefined
    if (selector === undefined)
      return refusal('INVALID_PARAMS', { field: 'model', reason: 'no model of this name' })
    const before = chain.upgradesToCome().get(selector) ?? 0
    if (before >= MODEL_UPGRADES_MAX)
      return refusal('UNEXPECTED_ERROR', `a model can be upgraded ${before} times`)
    return sent(context, chain.inject([modelUpgraded(selector, before)]))
  }),

  sandbox_hostileNames: rpcMethod({}, () => ({ result: HOSTILE_NAMES })),

  sandbox_createHostilePlayers: rpcMethod({}, (context) =>
    context.replay === null
      ? sent(context, context.chain.order(hostilePlayers()))
      : REPLAY_IS_FIXED,
  ),
}

const faultControl: RpcMethods = {
  sandbox_failRequests: rpcMethod(
    {
      fault: faultSchema,
      requests: positive.default(1),
      methods: z.array(z.string()).min(1).nullable().default(null),
    },
    (context, { fault, methods, requests }) => {
      context.faults.plan({ fault, methods, requests })
      return done(context)
    },
  ),

  sandbox_truncatePages: rpcMethod(
    { pages: count, events: count.default(0) },
    (context, { pages, events }) => {
      context.faults.truncatePages(pages, events)
      return done(context)
    },
  ),

  sandbox_duplicateBlocks: rpcMethod({ blocks: count }, (context, { blocks }) => {
    context.faults.duplicateBlocks(blocks)
    return done(context)
  }),

  sandbox_withholdBlocks: rpcMethod({ blocks: count }, (context, { blocks }) => {
    context.faults.withhold(blocks)
    return done(context)
  }),

  sandbox_freezeHead: rpcMethod({ frozen: z.boolean().default(true) }, (context, { frozen }) => {
    context.faults.freeze(frozen ? context.visible.head().number : null)
    return done(context)
  }),

  sandbox_disconnectSockets: rpcMethod({}, ({ disconnect }) => ({
    result: { sockets: disconnect() },
  })),

  sandbox_clearFaults: rpcMethod({}, (context) => {
    context.faults.clear()
    context.chain.hold(null)
    return done(context)
  }),
}

export const controlMethods: RpcMethods = { ...chainControl, ...faultControl }
