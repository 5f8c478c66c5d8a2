/**
 * What a model's contract answers to `schema()`, read as members: Struct { name, attributes,
 * children }, each child a Member { name, attributes, type } (torii-and-starknet.md §3.4). It knows
 * the types that the sandbox's world has: scalars of one felt and enums without data.
 */
import type { Felt } from '../../../domain/felt.ts'
import type { Members, ScalarType } from '../../../domain/worlds/definition.ts'

export type ModelSchema = Readonly<{
  name: string
  keys: Members
  values: Members
  /** Variants of the enums among the members. */
  enums: Readonly<Record<string, readonly string[]>>
}>

/** Indices of Dojo's enum `Ty`. */
const PRIMITIVE = 0
const ENUM = 2
const TUPLE = 3

const SCALARS: ReadonlyMap<string, ScalarType> = new Map([
  ['felt252', 'felt'],
  ['ContractAddress', 'address'],
  ['bool', 'bool'],
  ['u8', 'u8'],
  ['u16', 'u16'],
  ['u32', 'u32'],
  ['u64', 'u64'],
  ['u128', 'u128'],
])

/**
 * Names become columns and GraphQL fields; those with two underscores in front are GraphQL's own.
 */
const NAME = /^(?!__|internal_)[A-Za-z_][A-Za-z0-9_]*$/

/** Whether a model, a namespace or a member may have this name. */
export const isName = (text: string): boolean => NAME.test(text)

/** Felts do not make up a schema that this file knows. */
class Unreadable extends RangeError {}

const unreadable = (what: string): never => {
  throw new Unreadable(what)
}

const readerOf = (felts: readonly Felt[]) => {
  let at = 0
  const next = (): Felt => felts[at++] ?? unreadable('the end')
  const text = (): string => {
    const digits = next().slice(2)
    return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex').toString(
      'latin1',
    )
  }
  const name = (): string => {
    const found = text()
    return isName(found) ? found : unreadable(found)
  }
  const many = <T>(read: () => T): readonly T[] => {
    const count = Number(next())
    if (!(count <= felts.length - at)) unreadable('a length')
    return Array.from({ length: count }, read)
  }
  return { next, text, name, many, isAtEnd: () => at === felts.length }
}

type Reader = ReturnType<typeof readerOf>

const readVariant = ({ name, next }: Reader): string => {
  const variant = name()
  return Number(next()) === TUPLE && Number(next()) === 0
    ? variant
    : unreadable(`data of ${variant}`)
}

type Member = Readonly<{
  name: string
  isKey: boolean
  type: string
  variants: readonly string[] | null
}>

const readMember = (reader: Reader): Member => {
  const name = reader.name()
  const isKey = reader.many(reader.text).includes('key')
  const kind = Number(reader.next())
  if (kind === PRIMITIVE) {
    const scalar = reader.text()
    return { name, isKey, type: SCALARS.get(scalar) ?? unreadable(scalar), variants: null }
  }
  if (kind !== ENUM) return unreadable(`type ${kind} of ${name}`)
  const type = reader.name()
  reader.many(reader.text) // its attributes
  return { name, isKey, type, variants: reader.many(() => readVariant(reader)) }
}

const membersOf = (members: readonly Member[]): Members =>
  Object.fromEntries(members.map(({ name, type }) => [name, type]))

const readModel = (reader: Reader): ModelSchema => {
  const name = reader.name()
  reader.many(reader.text) // its attributes
  const members = reader.many(() => readMember(reader))
  if (!reader.isAtEnd()) unreadable('felts after the end')
  return {
    name,
    keys: membersOf(members.filter(({ isKey }) => isKey)),
    values: membersOf(members.filter(({ isKey }) => !isKey)),
    enums: Object.fromEntries(
      members.flatMap(({ type, variants }) => (variants === null ? [] : [[type, variants]])),
    ),
  }
}

/**
 * The members of a serialised schema, keys and values each in their order; null when it cannot be
 * read.
 */
export const modelSchemaOf = (felts: readonly Felt[]): ModelSchema | null => {
  try {
    return readModel(readerOf(felts))
  } catch (error) {
    if (error instanceof Unreadable) return null
    throw error
  }
}
