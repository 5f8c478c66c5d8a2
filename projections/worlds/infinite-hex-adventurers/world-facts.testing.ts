/**
 * Facts for examples in tests: whole-row writes of which only the interesting members are named.
 */
import type { JsonObject } from '../../../domain/event-log/event-log.ts'
import type { Felt } from '../../../domain/felt.ts'
import type { MemberValue } from '../../../domain/worlds/definition.ts'
import { entityIdOf } from '../../../schemas/crypto/starknet.ts'
import { modelTables } from './model-tables.testing.ts'

/** `schemaVersion`: 1 unless given. */
export type TestFact = Readonly<{
  type: string
  data: JsonObject
  transaction?: number
  schemaVersion?: number
}>

type Values = Readonly<Record<string, MemberValue>>

/** Members of a model as a row that was never written has them. */
export const zeros = (model: string): Record<string, MemberValue> => {
  const part = modelTables
    .flatMap(({ parts }) => parts)
    .find((candidate) => candidate.model === model)
  if (part === undefined) throw new Error(`no table keeps ${model}`)
  return Object.fromEntries(part.members.map((member, at) => [member, part.zeros[at] ?? null]))
}

/** A whole-row write; members that are not given are zero. */
export const written = (model: string, keys: Values, values: Values): TestFact => ({
  type: `${model}Written`,
  data: {
    entityId: entityIdOf(Object.values(keys).map((key) => BigInt(key as string))), // keys are felts
    keys,
    values: { ...zeros(model), ...values },
  },
})

/** A living adventurer of account 0xacc, named mia. */
export const adventurerWritten = (id: Felt, hex: Felt, values: Values = {}): TestFact =>
  written(
    'Adventurer',
    { adventurer_id: id },
    {
      owner: '0xacc',
      name: '0x6d6961',
      energy: 50,
      max_energy: 100,
      current_hex: hex,
      is_alive: true,
      ...values,
    },
  )
