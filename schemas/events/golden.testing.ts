/**
 * The golden files: one stored example of every type and version, as lines of {type, data, meta},
 * and `now` beside it where a later version changed it. Run as a script, this file adds the
 * examples that are missing and changes none: what was once stored stays as it was.
 */
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { JsonObject } from '../../domain/event-log/event-log.ts'
import { feltOfShortString } from '../../domain/felt.ts'
import {
  type Members,
  type MemberType,
  type MemberValue,
  type WorldDefinition,
  wireTypeOf,
} from '../../domain/worlds/definition.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { schemaVersionOf } from './upcast.ts'

export type GoldenExample = Readonly<{
  type: string
  data: JsonObject
  meta: JsonObject
  /** What readers see of it today; absent: the same. */
  now?: Readonly<{ data: JsonObject; meta: JsonObject }>
}>

const folder = path.join(import.meta.dirname, 'golden')

/** All examples, by file and line. */
export const goldenExamples = (): readonly Readonly<{ place: string; example: GoldenExample }>[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ndjson'))
    .flatMap((name) =>
      readFileSync(path.join(folder, name), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line, at) => ({
          place: `${name}:${at + 1}`,
          example: JSON.parse(line) as GoldenExample,
        })),
    )

/** Tells members of one type apart, so that no two could be swapped unseen. */
const representative = (
  { enums }: WorldDefinition,
  name: string,
  type: MemberType,
  at: number,
): MemberValue => {
  const variants = enums[type]
  if (variants !== undefined) return variants.at(-1) ?? null
  const wireType = wireTypeOf(type)
  switch (wireType) {
    case 'bool':
      return true
    case 'u8':
    case 'u16':
    case 'u32':
      return 2 ** Number(wireType.slice(1)) - 1 - at
    case 'u64':
    case 'u128':
      return (2n ** BigInt(wireType.slice(1)) - 1n - BigInt(at)).toString()
    default:
      return feltOfShortString(name.slice(0, 31))
  }
}

const representatives = (
  definition: WorldDefinition,
  members: Members,
): Record<string, MemberValue> =>
  Object.fromEntries(
    Object.entries(members).map(([name, type], at) => [
      name,
      representative(definition, name, type, at),
    ]),
  )

const CHAIN_META = { block: 7, transaction: '0x7a1', transactionIndex: 2, eventIndex: 3 }

const worldExamples = (definition: WorldDefinition): readonly GoldenExample[] => {
  const example = (type: string, data: JsonObject, more: JsonObject = {}): GoldenExample => ({
    type,
    data,
    meta: { schemaVersion: schemaVersionOf(type), ...CHAIN_META, ...more },
  })
  const events = Object.entries(definition.events).map(([type, { keys, values }]) =>
    example(type, representatives(definition, { ...keys, ...values }), { system: '0x5e5' }),
  )
  const writes = Object.entries(definition.models).flatMap(
    ([model, { keys: keyMembers, values: valueMembers }]) => {
      const [entityId, keys] = ['0xe17', representatives(definition, keyMembers)]
      const values = representatives(definition, valueMembers)
      const [member, value] = Object.entries(values).at(-1) ?? ['', null]
      return [
        example(`${model}Written`, { entityId, keys, values }),
        example(`${model}MemberWritten`, { entityId, member, value }),
        example(`${model}Erased`, { entityId }),
      ]
    },
  )
  return [...events, ...writes]
}

/**
 * Appends an example in today's shape for every type of the definition whose newest version has
 * none.
 */
const addMissingWorldExamples = (definition: WorldDefinition = infiniteHexAdventurers): void => {
  const present = new Set(
    goldenExamples().map(({ example }) => `${example.type} ${example.meta.schemaVersion}`),
  )
  const missing = worldExamples(definition).filter(
    ({ type, meta }) => !present.has(`${type} ${meta.schemaVersion}`),
  )
  appendFileSync(
    path.join(folder, 'world.ndjson'),
    missing.map((example) => `${JSON.stringify(example)}\n`).join(''),
  )
}

if (import.meta.main) addMissingWorldExamples()
