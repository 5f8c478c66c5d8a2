/**
 * The shape of a world's definition: one table, pure data, from which decoders, encoders,
 * validation, selectors, types and tools are derived. A world is a Dojo namespace: enums, events,
 * models and the contracts that act on them.
 */
import type { Felt } from '../felt.ts'

/** Cairo types that take exactly one felt. `address` is a ContractAddress. */
export type ScalarType = 'felt' | 'address' | 'bool' | 'u8' | 'u16' | 'u32' | 'u64' | 'u128'

/**
 * Every type that says what a value means besides how it is spelt: its scalar type on the wire, and
 * the meaning in words.
 */
const MEANINGS = {
  /** A hex of the map, packed; some calls take and keep a felt that is none (game.md §8). */
  hex: { wireType: 'felt', words: 'a hex' },
  /** A short string, e.g. a name or the code of a reason. */
  text: { wireType: 'felt', words: 'a text' },
  /** What can be carried and converted: its id, a short string or a hash. */
  item: { wireType: 'felt', words: 'an item' },
  /** The number of one block, not of how many; 0 often stands for none. */
  block: { wireType: 'u64', words: 'a block number' },
  /** Energy that is held, spent, owed or given; a price per unit is none. */
  'energy:u16': { wireType: 'u16', words: 'an amount of energy' },
  'energy:u32': { wireType: 'u32', words: 'an amount of energy' },
  'energy:u64': { wireType: 'u64', words: 'an amount of energy' },
} as const satisfies Readonly<Record<string, Readonly<{ wireType: ScalarType; words: string }>>>

type Meanings = typeof MEANINGS
/** A type that says what a value means. */
export type MeaningType = keyof Meanings

/**
 * A scalar type, a type that says what a scalar means, or the name of one of the world's enums (all
 * unit variants; one felt).
 */
export type MemberType = WireType | MeaningType

/** How a type is spelt on the wire: as a scalar, or as one of the world's enums, by its name. */
export type WireType = ScalarType | (string & {})

export type WireTypeOf<T> = T extends MeaningType ? Meanings[T]['wireType'] : T

const isMeaning = (type: MemberType): type is MeaningType => Object.hasOwn(MEANINGS, type)

/**
 * The type on the wire. Layouts, columns and codecs follow from it alone, so that what a member
 * means changes nothing that is stored or sent.
 */
export const wireTypeOf = (type: MemberType): WireType =>
  isMeaning(type) ? MEANINGS[type].wireType : type

/** What a value of the type means, in words that follow "is not"; null when the type says nothing. */
export const meaningOf = (type: MemberType): string | null =>
  isMeaning(type) ? MEANINGS[type].words : null

/** Members by name, in declaration order: the order of their felts. */
export type Members = Readonly<Record<string, MemberType>>

/** An event or a model: what identifies it, and what it says. */
export type RecordDefinition = Readonly<{ doc: string; keys: Members; values: Members }>

/**
 * The world fact that shows that a call had its effect: a game event, or (where the game is silent)
 * a model write.
 */
export type Confirmation = Readonly<{ event: string }> | Readonly<{ model: string }>

/** A state-changing call of a system contract. */
export type EntrypointDefinition = Readonly<{
  calldata: Members
  confirmedBy: Confirmation
  /** False for calls that give things away, kill or configure: no agent tool ever contains them. */
  agentsMayBeOffered: boolean
}>

/**
 * A read-only call; `returns` names a member's type or a model (whose keys and values come back,
 * 0-based enums).
 */
export type ViewDefinition = Readonly<{ calldata: Members; returns: string }>

export type ContractDefinition = Readonly<{
  /** Address in the game's development manifest. */
  address: Felt
  /** Event that the contract emits instead of acting; null where refusals are silent. */
  rejectedBy: string | null
  entrypoints: Readonly<Record<string, EntrypointDefinition>>
  views: Readonly<Record<string, ViewDefinition>>
}>

export type WorldDefinition = Readonly<{
  name: string
  namespace: string
  /** The World contract's address in the game's development manifest. */
  worldAddress: Felt
  /**
   * Variant names in declaration order: index 0 in events, keys and calldata; stored model values
   * hold index + 1.
   */
  enums: Readonly<Record<string, readonly string[]>>
  events: Readonly<Record<string, RecordDefinition>>
  models: Readonly<Record<string, RecordDefinition>>
  contracts: Readonly<Record<string, ContractDefinition>>
}>

/** A decoded member as it stands in JSON: felts as canonical hex, u64 and wider as decimal text. */
export type MemberValue = string | number | boolean | null
export type Fields = Readonly<Record<string, MemberValue>>

type JsonOf<W extends WorldDefinition, T> = SpeltOf<W, WireTypeOf<T>>

type SpeltOf<W extends WorldDefinition, T> = T extends 'felt' | 'address'
  ? Felt
  : T extends 'u8' | 'u16' | 'u32'
    ? number
    : T extends 'u64' | 'u128'
      ? `${bigint}`
      : T extends 'bool'
        ? boolean
        : T extends keyof W['enums']
          ? W['enums'][T][number]
          : never

/** Decoded fields of an event, of keys or of calldata. */
export type FieldsOf<W extends WorldDefinition, M extends Members> = {
  -readonly [K in keyof M]: JsonOf<W, M[K]>
}

/** Decoded stored values of a model: an enum that was never written (felt 0) is null. */
export type StoredFieldsOf<W extends WorldDefinition, M extends Members> = {
  -readonly [K in keyof M]: M[K] extends keyof W['enums'] ? JsonOf<W, M[K]> | null : JsonOf<W, M[K]>
}
