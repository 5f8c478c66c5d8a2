/**
 * What the schema's scalars are in TypeScript. One scalar has up to three faces: what a view holds
 * before it is written as JSON, what a client finds in the answer, and what a client may send.
 */
import { FatalError } from '../../../domain/errors.ts'
import { type Place, specifierOf } from './place.ts'

/** Which side of the API a type is for. */
export type Side = 'view' | 'answer' | 'input'

const same = (type: string): Readonly<Record<Side, string>> => ({
  view: type,
  answer: type,
  input: type,
})

const SCALARS: Readonly<Record<string, Readonly<Record<Side, string>>>> = {
  ID: same('string'),
  String: same('string'),
  Boolean: same('boolean'),
  Int: same('number'),
  Float: same('number'),
  // Inputs accept every spelling of a felt, answers have one.
  Felt: { ...same('Felt'), input: 'string' },
  BigInt: same('string'),
  UInt32: same('number'),
  BlockNumber: same('number'),
  Position: same('number'),
  DateTime: { ...same('string'), view: 'Date' },
  // Every JSON that the schema answers with is an object.
  JSON: { ...same('JsonObject'), input: 'Json' },
  Cursor: same('string'),
  HexCoordinate: { ...same('Felt'), input: 'HexInput' },
}

/** The scalars of one side by name. */
export const scalarsOf = (side: Side): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(SCALARS).map(([name, types]) => [name, types[side]]))

/** The TypeScript type of a scalar. Throws FatalError when nothing is known of it. */
export const scalarType = (name: string, side: Side): string => {
  const type = SCALARS[name]?.[side]
  if (type === undefined)
    throw new FatalError(`Scalar ${name} has no type in infra/tools/generate/scalars.ts`)
  return type
}

/** Where the types come from that are none of TypeScript's own. */
const HOMES: Readonly<Record<string, string>> = {
  Felt: 'domain/felt.ts',
  HexInput: 'domain/hex-input.ts',
  Json: 'domain/event-log/event-log.ts',
  JsonObject: 'domain/event-log/event-log.ts',
}

/** The imports that a generated text needs for the scalars in it, one a line. */
export const scalarImports = (text: string, place: Place): string =>
  Object.entries(HOMES)
    .filter(([type]) => new RegExp(`\\b${type}\\b`).test(text))
    .map(([type, home]) => `import type { ${type} } from '${specifierOf(place, home)}'\n`)
    .join('')
