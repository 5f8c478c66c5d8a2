/**
 * Model rows as the game's rules hold them in memory, and their felts as the World contract stores
 * them. Rows say what Cairo's structs say: felts, addresses and wide integers are bigints, integers
 * up to 32 bits are numbers, enums are the names of their variants. The log holds the same rows as
 * JSON, which schemas/worlds/decode.ts makes.
 */
import { FatalError } from '../../../domain/errors.ts'
import {
  type Members,
  type WireType,
  type WireTypeOf,
  wireTypeOf,
} from '../../../domain/worlds/definition.ts'
import {
  type EntrypointName,
  type EventName,
  infiniteHexAdventurers,
  type ModelName,
} from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { poseidonOfSpan } from '../../../schemas/crypto/starknet.ts'
import type { MemberPlace } from '../../../schemas/worlds/member-codec.ts'
import { selectorsOf, WORLD_EVENT_SELECTORS } from '../../../schemas/worlds/selectors.ts'
import { type RowValue, UNSIGNED_BITS, type ValueCodec, valueCodecOf } from './value-codec.ts'

type Game = typeof infiniteHexAdventurers
type Enums = Game['enums']

type RowValueOf<T> = SpeltOf<WireTypeOf<T>>

type SpeltOf<T> = T extends 'felt' | 'address' | 'u64' | 'u128'
  ? bigint
  : T extends 'u8' | 'u16' | 'u32'
    ? number
    : T extends 'bool'
      ? boolean
      : T extends keyof Enums
        ? Enums[T][number]
        : never

/** Members of an event, a model or a call in memory. */
export type RowFieldsOf<M extends Members> = { readonly [K in keyof M]: RowValueOf<M[K]> }

/** A model's values: what a row holds under its keys. */
export type RowOf<N extends ModelName> = RowFieldsOf<Game['models'][N]['values']>
/** A model's keys. */
export type RowKeysOf<N extends ModelName> = RowFieldsOf<Game['models'][N]['keys']>
/** Keys and values of a game event together. */
export type EventRowOf<N extends EventName> = RowFieldsOf<Game['events'][N]['keys']> &
  RowFieldsOf<Game['events'][N]['values']>

type AllEntrypoints = {
  [C in keyof Game['contracts']]: Game['contracts'][C]['entrypoints']
}[keyof Game['contracts']]
type CalldataOf<N, Es = AllEntrypoints> = Es extends unknown
  ? N extends keyof Es
    ? Es[N] extends { calldata: infer M extends Members }
      ? M
      : never
    : never
  : never
/** Arguments of a call. */
export type CallRowOf<N extends EntrypointName> = RowFieldsOf<CalldataOf<N>>

/** An event of the World contract, in felts. */
export type WorldEventBigints = Readonly<{ keys: readonly bigint[]; data: readonly bigint[] }>

type RowMember = ValueCodec & Readonly<{ name: string; type: WireType }>

type Fields = Readonly<Record<string, RowValue>>

/** The members of a row, a key or an event by name, for code that knows only their list. */
const fieldsOf = (typed: object): Fields => typed as Fields // RowFieldsOf has row values alone

const compile = (members: Members, place: MemberPlace): readonly RowMember[] =>
  Object.entries(members).map(([name, member]) => {
    const type = wireTypeOf(member)
    return { name, type, ...valueCodecOf(type, place) }
  })

/**
 * A number that grew beyond its unsigned type. On chain the sum that made it panics, and the call
 * reverts.
 */
export class ValueOverflow extends FatalError {
  override name = 'ValueOverflow'
  readonly type: WireType
  constructor(message: string, type: WireType) {
    super(message)
    this.type = type
  }
}

const isWholeNumber = (value: RowValue | undefined): value is bigint | number =>
  typeof value === 'bigint' || Number.isInteger(value)

const encodingError = (
  what: string,
  { name, type }: RowMember,
  value: RowValue | undefined,
): FatalError => {
  const message = `${what}: ${name} = ${String(value)} is not of type ${type}`
  const bits = UNSIGNED_BITS[type] ?? Number.POSITIVE_INFINITY
  return isWholeNumber(value) && value >= 2 ** bits
    ? new ValueOverflow(message, type)
    : new FatalError(message)
}

/** Appends the felts of the members. */
const encodeInto = (
  felts: bigint[],
  what: string,
  members: readonly RowMember[],
  fields: Fields,
): void => {
  for (const member of members) {
    const felt = member.toFelt(fields[member.name])
    if (felt === undefined) throw encodingError(what, member, fields[member.name])
    felts.push(felt)
  }
}

const encode = (what: string, members: readonly RowMember[], fields: Fields): bigint[] => {
  const felts: bigint[] = []
  encodeInto(felts, what, members, fields)
  return felts
}

/** The fields, or what is wrong with the felts. */
const decode = (members: readonly RowMember[], felts: readonly bigint[]): Fields | string => {
  if (felts.length !== members.length)
    return `${felts.length} felts where there are ${members.length}`
  const fields: Record<string, RowValue> = {}
  for (const [at, member] of members.entries()) {
    const felt = felts[at]
    const value = felt === undefined ? undefined : member.fromFelt(felt)
    if (value === undefined) return `${member.name}: ${felt} is not of type ${member.type}`
    fields[member.name] = value
  }
  return fields
}

type CompiledRecord = Readonly<{
  selector: bigint
  keys: readonly RowMember[]
  values: readonly RowMember[]
}>

const compileRecords = <N extends string>(
  records: Readonly<Record<N, Readonly<{ keys: Members; values: Members }>>>,
  selectors: Readonly<Record<string, string>>,
  place: MemberPlace,
): Readonly<Record<N, CompiledRecord>> =>
  Object.fromEntries(
    Object.entries<Readonly<{ keys: Members; values: Members }>>(records).map(
      ([name, { keys, values }]) => [
        name,
        {
          // Selectors are derived from the same records.
          selector: BigInt(selectors[name] as string),
          keys: compile(keys, 'serialised'),
          values: compile(values, place),
        },
      ],
    ),
  ) as Record<N, CompiledRecord> // fromEntries forgets the key type

const SELECTORS = selectorsOf(infiniteHexAdventurers)
const MODELS = compileRecords<ModelName>(infiniteHexAdventurers.models, SELECTORS.models, 'stored')
const EVENTS = compileRecords<EventName>(
  infiniteHexAdventurers.events,
  SELECTORS.events,
  'serialised',
)

const decodeOrFail = <Row>(
  what: string,
  members: readonly RowMember[],
  felts: readonly bigint[],
): Row => {
  const fields = decode(members, felts)
  if (typeof fields === 'string') throw new FatalError(`${what}: ${fields}`)
  return fields as Row // the members are those from which the type is inferred
}

/**
 * The row as stored: one felt per value member. A number above its type's range throws
 * ValueOverflow; any other value that is not of its type is a bug: throws FatalError.
 */
export const encodeRowValues = <N extends ModelName>(model: N, row: RowOf<N>): bigint[] =>
  encode(model, MODELS[model].values, fieldsOf(row))

/** The row in memory. Felts that do not fit the model are damaged data: throws FatalError. */
export const decodeRowValues = <N extends ModelName>(
  model: N,
  felts: readonly bigint[],
): RowOf<N> => decodeOrFail(model, MODELS[model].values, felts)

/** The keys as they are hashed and emitted. */
export const encodeRowKeys = <N extends ModelName>(model: N, keys: RowKeysOf<N>): bigint[] =>
  encode(model, MODELS[model].keys, fieldsOf(keys))

/** The keys in memory. Felts that do not fit the model are damaged data: throws FatalError. */
export const decodeRowKeys = <N extends ModelName>(
  model: N,
  felts: readonly bigint[],
): RowKeysOf<N> => decodeOrFail(model, MODELS[model].keys, felts)

/** A row that was never written: every felt 0. */
export const unwrittenRow = <N extends ModelName>(model: N): RowOf<N> =>
  decodeRowValues(
    model,
    MODELS[model].values.map(() => 0n),
  )

const EVENT_EMITTED = BigInt(WORLD_EVENT_SELECTORS.EventEmitted)
const STORE_SET_RECORD = BigInt(WORLD_EVENT_SELECTORS.StoreSetRecord)

/** A game event as the World contract emits it for a system contract. */
export const eventEmitted = <N extends EventName>(
  event: N,
  system: bigint,
  fields: EventRowOf<N>,
): WorldEventBigints => {
  const { selector, keys, values } = EVENTS[event]
  const data = [BigInt(keys.length)]
  encodeInto(data, event, keys, fieldsOf(fields))
  data.push(BigInt(values.length))
  encodeInto(data, event, values, fieldsOf(fields))
  return { keys: [EVENT_EMITTED, selector, system], data }
}

/**
 * The write of a whole row as the World contract emits it; keys and values as stored. The entity id
 * is the hash of the keys; a caller that has it already may give it.
 */
export const storeSetRecord = (
  model: ModelName,
  keys: readonly bigint[],
  values: readonly bigint[],
  entityId: bigint = poseidonOfSpan(keys),
): WorldEventBigints => ({
  keys: [STORE_SET_RECORD, MODELS[model].selector, entityId],
  data: [BigInt(keys.length), ...keys, BigInt(values.length), ...values],
})

const serialisedMembers = new WeakMap<Members, readonly RowMember[]>()

/** Members as Serde has them (enums 0-based), compiled once per record of the definition. */
const serialised = (members: Members): readonly RowMember[] => {
  const known = serialisedMembers.get(members)
  if (known !== undefined) return known
  const compiled = compile(members, 'serialised')
  serialisedMembers.set(members, compiled)
  return compiled
}

/** Fields as a view answers them: enums 0-based. */
export const encodeSerialised = <M extends Members>(members: M, fields: RowFieldsOf<M>): bigint[] =>
  encode('A view answers', serialised(members), fieldsOf(fields))

/**
 * The arguments of a call or a view, or where they do not deserialise: the index of the first
 * argument that is missing or not of its type, or the number of arguments when felts are left over.
 */
export const decodeArguments = <M extends Members>(
  members: M,
  felts: readonly bigint[],
): Readonly<{ fields: RowFieldsOf<M> }> | Readonly<{ failedAt: number }> => {
  const fields: Record<string, RowValue> = {}
  const codecs = serialised(members)
  for (const [at, member] of codecs.entries()) {
    const felt = felts[at]
    const value = felt === undefined ? undefined : member.fromFelt(felt)
    if (value === undefined) return { failedAt: at }
    fields[member.name] = value
  }
  if (felts.length > codecs.length) return { failedAt: codecs.length }
  // The members are those from which the type is inferred.
  return { fields: fields as RowFieldsOf<M> }
}
