/**
 * The shape of a world's definition: one table, pure data, from which decoders, encoders,
 * validation, selectors, types and tools are derived. A world is a Dojo namespace: enums, events,
 * models and the contracts that act on them.
 */
import type { Felt } from '../felt.ts'

/** Cairo types that take exactly one felt. `address` is a ContractAddress. */
export type ScalarType = 'felt' | 'address' | 'bool' | 'u8' | 'u16' | 'u32' | 'u64' | 'u128'

/** A scalar type, or the name of one of the world's enums (all unit variants; one felt). */
export type MemberType = ScalarType | (string & {})

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
 * A read-only call; `returns` names a scalar, an enum or a model (whose keys and values come back,
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

type JsonOf<W extends WorldDefinition, T> = T extends 'felt' | 'address'
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
