/**
 * Shapes of the stored events that are the same in every world: what frames the world's stream, what
 * could not be decoded, the life of a command, and the mark behind which all commands have ended. What the
 * world's own definition gives is in codecs.ts.
 */
import { z } from 'zod'
import type { JsonObject } from '../../domain/event-log/event-log.ts'
import { type Felt, parseFelt } from '../../domain/felt.ts'

const felt = z.custom<Felt>(
  (value) => parseFelt(value) === value,
  'is not a felt in canonical spelling',
)
const count = z.int().min(0)
const decimal = z.string().regex(/^(0|[1-9][0-9]*)$/, 'is not decimal text')
const fields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
const json = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
)

const finality = z.enum(['PRE_CONFIRMED', 'ACCEPTED_ON_L2', 'ACCEPTED_ON_L1'])
/** A block of the world's stream, by the position of its header. */
const head = { number: count, hash: felt, timestamp: count, finality }
const blockRef = z.strictObject({ position: count, ...head })

const bound = z.strictObject({ maxAmount: decimal, maxPricePerUnit: decimal })
const call = z.strictObject({ to: felt, entrypoint: z.string(), calldata: z.array(felt) })
const ending = { transaction: felt, block: count }

/** `data` of each type, in its newest version. */
export const OWN_EVENTS = {
  BlockIngested: z.strictObject({
    number: count,
    hash: felt,
    parentHash: felt,
    timestamp: count,
    finality,
    eventCount: count,
  }),
  BlockRetracted: z.strictObject({ retracted: blockRef, remaining: blockRef.nullable() }),
  FinalityAdvanced: z.strictObject({ number: count, hash: felt }),
  HeadReached: z.strictObject(head),
  UndecodedWorldEvent: z.strictObject({
    reason: z.string(),
    keys: z.array(felt),
    data: z.array(felt),
  }),
  CommandRequested: z.strictObject({ entrypoint: z.string(), args: fields, account: felt }),
  CommandSigned: z.strictObject({
    transaction: felt,
    nonce: decimal,
    bounds: z.strictObject({ l1Gas: bound, l2Gas: bound, l1DataGas: bound }),
    calls: z.array(call),
    afterPosition: z.int().min(-1),
  }),
  CommandSignatureVoided: z.strictObject({ transaction: felt }),
  CommandSubmitted: z.strictObject({ transaction: felt }),
  CommandConfirmed: z.strictObject({
    ...ending,
    position: count,
    confirmation: z.strictObject({ type: z.string(), data: json }),
  }),
  CommandRefused: z.strictObject({ ...ending, reason: z.string() }),
  CommandReverted: z.strictObject({ ...ending, reason: z.string() }),
  CommandExpired: z.strictObject({ reason: z.string() }),
  CommandsSettled: z.strictObject({ logPosition: count, eventId: z.uuid() }),
} as const

/**
 * `meta` of every fact of the chain. It may say more than this program knows, because it is not
 * what happened.
 */
export const chainMeta = z.looseObject({
  schemaVersion: count,
  block: count,
  transaction: felt,
  transactionIndex: count,
  eventIndex: count,
  system: felt.optional(),
})
