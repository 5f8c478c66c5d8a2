import { describe, expect, it } from 'vitest'
import { ask, createSmallApi } from '../api.testing.ts'

describe('limits', () => {
  const hexFields =
    'coordinate { packed x y z q r h3 } areas { id plants { key slot species currentYield itemId } }'

  it('let GraphiQL introspect, but no deeper', async () => {
    const { api } = createSmallApi()
    const nested = (levels: number): string =>
      levels === 0 ? 'name' : `ofType { ${nested(levels - 1)} }`
    expect((await ask(api, `{ __type(name: "Hex") { ${nested(13)} } }`)).codes).toEqual([])
    expect((await ask(api, `{ __type(name: "Hex") { ${nested(20)} } }`)).codes).toEqual([
      'QUERY_TOO_DEEP',
    ])
    await api.close()
  })

  it('measure fragments that multiply without following them one by one', async () => {
    const { api } = createSmallApi()
    const fragments = Array.from(
      { length: 25 },
      (_, i) => `fragment F${i} on Hex { ...F${i + 1} ... on Hex { ...F${i + 1} } }`,
    )
    const query = `{ hexesInRadius(center: { q: 0, r: 0 }, radius: 64) { ...F0 } } ${fragments.join(' ')} fragment F25 on Hex { biome }`
    expect((await ask(api, query)).codes).toEqual(['QUERY_TOO_COSTLY'])
    await api.close()
  })

  it('price an operation by its rows and fields together', async () => {
    const { api } = createSmallApi()
    const disc = (radius: number, alias = 'a') =>
      `${alias}: hexesInRadius(center: { q: 0, r: 0 }, radius: ${radius}) { ${hexFields} }`
    expect((await ask(api, `{ ${disc(64)} }`)).codes).toEqual([])
    expect(
      (await ask(api, `{ ${['a', 'b', 'c', 'd', 'e'].map((alias) => disc(64, alias)).join(' ')} }`))
        .codes,
    ).toContain('QUERY_TOO_COSTLY')
    await api.close()
  })

  it('bound aliases, root fields, tokens and characters', async () => {
    const { api } = createSmallApi()
    const many = (count: number, part: (index: number) => string) =>
      Array.from({ length: count }, (_, i) => part(i)).join(' ')
    expect((await ask(api, `{ _meta { ${many(60, (i) => `a${i}: lag`)} } }`)).codes).toEqual([
      'QUERY_TOO_LARGE',
    ])
    expect((await ask(api, `{ ${many(21, (i) => `a${i}: _meta { lag }`)} }`)).codes).toEqual([
      'QUERY_TOO_LARGE',
    ])
    expect((await ask(api, `{ ${many(3_000, () => '_meta { lag }')} }`)).codes).toEqual([
      'QUERY_TOO_LARGE',
    ])
    expect((await ask(api, `{ _meta { ${many(4_100, () => 'lag')} } }`)).codes).toEqual([
      'GRAPHQL_PARSE_FAILED',
    ])
    await api.close()
  })
})
