import { describe, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import {
  infiniteHexAdventurers,
  type ModelName,
} from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { selectorsOf } from '../../../schemas/worlds/selectors.ts'
import { modelLayout } from '../game/model-layout.ts'
import { modelSchema } from '../game/model-schema.ts'
import { modelSchemaOf } from './model-schema.ts'
import { recordOf, toriiWorldOf } from './records.ts'

const DEFINITION = infiniteHexAdventurers
const MODELS = Object.keys(DEFINITION.models) as ModelName[] // the keys are exactly the names
const world = toriiWorldOf(DEFINITION)
// Of the same models.
const selectorOf = (name: ModelName): Felt => selectorsOf(DEFINITION).models[name] as Felt

type Layout = Readonly<
  // Of those that the world has.
  { Fixed: readonly number[] } | { Struct: readonly Field[] } | { Enum: readonly Field[] }
>
type Field = Readonly<{ selector: Felt; layout: Layout }>

/** A layout as Cairo serialises it. */
const serialised = (layout: Layout): bigint[] => {
  const fields = (of: readonly Field[]) =>
    of.flatMap((field) => [BigInt(field.selector), ...serialised(field.layout)])
  if ('Fixed' in layout) return [0n, BigInt(layout.Fixed.length), ...layout.Fixed.map(BigInt)]
  if ('Struct' in layout) return [1n, BigInt(layout.Struct.length), ...fields(layout.Struct)]
  return [5n, BigInt(layout.Enum.length), ...fields(layout.Enum)]
}

describe.each(MODELS)('what the table models says of %s', (name) => {
  const record = world.find(selectorOf(name))

  it('is the layout that its contract answers', () => {
    const layout = JSON.parse(record?.layout ?? '') as Layout
    expect(serialised(layout)).toEqual(modelLayout(DEFINITION, DEFINITION.models[name].values))
  })

  it('is the schema that its contract answers', () => {
    const felts = modelSchema(DEFINITION, name, DEFINITION.models[name]).map(
      (felt): Felt => `0x${felt.toString(16)}`,
    )
    const schema = modelSchemaOf(felts)
    if (schema === null) throw new RangeError(`${name} has no schema`)
    const { namespace, worldAddress } = DEFINITION
    const again = recordOf(
      { namespace, worldAddress, enums: schema.enums },
      {
        kind: 'model',
        name,
        selector: selectorOf(name),
        keys: schema.keys,
        values: schema.values,
      },
    )
    expect(again.schema).toBe(record?.schema)
    expect(again.layout).toBe(record?.layout)
  })
})

describe('the schema of a model in the table models', () => {
  it('is JSON as Dojo’s types write it', () => {
    const { content, type } = JSON.parse(world.find(selectorOf('Hex'))?.schema ?? '')
    expect([type, content.name]).toEqual(['struct', 'dojo_starter-Hex'])
    expect(content.children.slice(0, 2)).toEqual([
      {
        name: 'coordinate',
        member_type: { type: 'primitive', content: { scalar_type: 'felt252', value: null } },
        key: true,
      },
      {
        name: 'biome',
        member_type: {
          type: 'enum',
          content: {
            name: 'Biome',
            option: null,
            options: DEFINITION.enums.Biome.map((variant) => ({
              name: variant,
              ty: { type: 'tuple', content: [] },
            })),
          },
        },
        key: false,
      },
    ])
  })
})
