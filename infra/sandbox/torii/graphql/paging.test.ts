import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { infiniteHexAdventurers } from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { createIndexReader } from '../index-reader.ts'
import { toriiWorldOf } from '../records.ts'
import { createBudget } from './budget.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { type Page, type PageArguments, type PageQuery, readPage } from './paging.ts'

const QUERY: PageQuery = { table: 'things', idColumn: 'id', conditions: [], order: null }

/** A table of rows with ids `00`, `01`, … and a size that is the same for two neighbours each. */
const tableOf = (count: number) => {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE things (id TEXT PRIMARY KEY, size INTEGER)')
  const insert = database.prepare('INSERT INTO things VALUES (?, ?)')
  for (let at = 0; at < count; at++) insert.run(String(at).padStart(2, '0'), Math.floor(at / 2))
  const reader = createIndexReader(database, toriiWorldOf(infiniteHexAdventurers))
  const page = (
    args: PageArguments,
    query: Partial<PageQuery> = {},
    lossyCursorRow = false,
    budget = createBudget(Date.now),
  ): Page => readPage({ reader, budget, lossyCursorRow }, { ...QUERY, ...query }, args)
  return { database, page }
}

const idsOf = ({ rows }: Page): unknown[] => rows.map(({ id }) => id)
const ids = (...numbers: number[]): string[] => numbers.map((at) => String(at).padStart(2, '0'))

describe('a page without an order', () => {
  const { page } = tableOf(35)

  it('has ten rows, newest first, and counts all', () => {
    const { totalCount, pageInfo, ...rest } = page({})
    expect(idsOf({ totalCount, pageInfo, ...rest })).toEqual(
      ids(34, 33, 32, 31, 30, 29, 28, 27, 26, 25),
    )
    expect(totalCount).toBe(35)
    expect(pageInfo).toMatchObject({
      startCursor: null,
      endCursor: null,
      hasNextPage: true,
      hasPreviousPage: false,
    })
  })

  it('is newest first with `first`, oldest first with `last`, and has no largest size', () => {
    expect(idsOf(page({ first: 2 }))).toEqual(ids(34, 33))
    expect(idsOf(page({ last: 2 }))).toEqual(ids(0, 1))
    expect(page({ first: 1_000_000 }).rows).toHaveLength(35)
  })

  it.each([null, 5, true, { a: 1 }])('takes the cursor %j, which is no text, for none', (after) => {
    expect(idsOf(page({ first: 2, after }))).toEqual(ids(34, 33))
  })

  it('turns `after` towards older rows and `before` towards newer ones, whatever the direction', () => {
    const cursor = encodeCursor({ primary: '10', secondary: '10' })
    expect(idsOf(page({ first: 3, after: cursor }))).toEqual(ids(9, 8, 7))
    expect(idsOf(page({ last: 3, before: cursor }))).toEqual(ids(11, 12, 13))
    // In these directions the cursor's row is not the first one: the page begins at the other end
    // of the table.
    expect(idsOf(page({ last: 3, after: cursor }))).toEqual(ids(0, 1, 2))
  })

  it.each([
    [
      'newest to oldest',
      (after: string | null): PageArguments => ({ first: 10, after }),
      [...Array(35).keys()].reverse(),
    ],
    [
      'oldest to newest',
      (before: string | null): PageArguments => ({ last: 10, before }),
      [...Array(35).keys()],
    ],
  ])(
    'is followed by the next one, %s, until all four have told each row once',
    (_, argsAfter, expected) => {
      const seen: unknown[] = []
      const pages: Page['pageInfo'][] = []
      let cursor: string | null = null
      do {
        const next: Page = page(argsAfter(cursor))
        seen.push(...idsOf(next))
        pages.push(next.pageInfo)
        cursor = next.pageInfo.endCursor
      } while (pages.at(-1)?.hasNextPage)
      expect(seen).toEqual(ids(...expected))
      expect(pages.map(({ hasPreviousPage }) => hasPreviousPage)).toEqual([false, true, true, true])
    },
  )

  it('tells every row exactly once for any page size, both ways', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.boolean(), (size, forwards) => {
        const seen: unknown[] = []
        let cursor: string | null = null
        for (let pages = 0; pages <= 35; pages++) {
          const next = page(
            forwards ? { last: size, before: cursor } : { first: size, after: cursor },
          )
          seen.push(...idsOf(next))
          cursor = next.pageInfo.endCursor
          if (!next.pageInfo.hasNextPage) break
        }
        expect(seen).toEqual(
          ids(...(forwards ? [...Array(35).keys()] : [...Array(35).keys()].reverse())),
        )
      }),
    )
  })

  it('is cut by offset and limit without cursors, and calls offset 1 the first page', () => {
    expect(idsOf(page({ offset: 2, limit: 2 }))).toEqual(ids(32, 31))
    expect(page({ offset: 1, limit: 2 }).pageInfo).toEqual({
      hasPreviousPage: false,
      hasNextPage: true,
      startCursor: null,
      endCursor: null,
    })
    expect(page({ offset: 33, limit: 2 }).pageInfo).toMatchObject({
      hasPreviousPage: true,
      hasNextPage: false,
    })
    expect(page({ offset: 33 }).rows).toHaveLength(2)
  })

  it('ignores negative numbers', () => {
    expect(page({ first: -1, offset: -5 }).rows).toHaveLength(10)
  })

  it.each<[string, PageArguments]>([
    ['first and last', { first: 1, last: 1 }],
    ['after and before', { after: 'a', before: 'b' }],
    ['offset and first', { offset: 1, first: 1 }],
    ['limit and after', { limit: 1, after: 'a' }],
    ['a cursor that is none', { after: 'not base64!' }],
    ['a cursor with a slash in it', { after: encodeCursor({ primary: 'a/b', secondary: 'c' }) }],
  ])('refuses %s', (_, args) => {
    expect(() => page(args)).toThrow(/not supported|Pass either|Invalid cursor/)
  })
})

describe('a page with an order', () => {
  const { page } = tableOf(8)
  const bySize = (direction: 'ASC' | 'DESC') => ({ order: { column: 'size', direction } })

  it('is sorted by the column, ties by id, whatever `first` or `last` say', () => {
    expect(idsOf(page({ last: 3 }, bySize('DESC')))).toEqual(ids(7, 6, 5))
    expect(idsOf(page({ first: 3 }, bySize('ASC')))).toEqual(ids(0, 1, 2))
  })

  it('goes on downwards by cursors that hold both columns', () => {
    const first = page({ first: 3 }, bySize('DESC'))
    expect(decodeCursor(first.pageInfo.endCursor ?? '')).toEqual({ primary: '05', secondary: '2' })
    expect(idsOf(page({ first: 3, after: first.pageInfo.endCursor }, bySize('DESC')))).toEqual(
      ids(4, 3, 2),
    )
  })

  it('stalls when it goes upwards with `after`, as in Torii', () => {
    const first = page({ first: 3 }, bySize('ASC'))
    expect(idsOf(page({ first: 3, after: first.pageInfo.endCursor }, bySize('ASC')))).toEqual(
      ids(0, 1, 2),
    )
  })
})

describe('a cursor whose row is gone', () => {
  const cursor = encodeCursor({ primary: '05', secondary: '05' })
  const without05 = () => {
    const table = tableOf(8)
    table.database.exec(`DELETE FROM things WHERE id = '05'`)
    return table
  }

  it('loses nothing, unless the defect is on: then the last row of the page goes for it', () => {
    const { page } = without05()
    expect(idsOf(page({ first: 10, after: cursor }))).toEqual(ids(4, 3, 2, 1, 0))
    expect(idsOf(page({ first: 10, after: cursor }, {}, true))).toEqual(ids(4, 3, 2, 1))
    expect(idsOf(page({ first: 2, after: cursor }, {}, true))).toEqual(ids(4, 3))
  })
})

describe('a budget', () => {
  it('ends a request that reads too many rows or takes too long', () => {
    let now = 0
    const budget = createBudget(() => now, 100, 1_000)
    budget.spend(100)
    expect(() => budget.spend(1)).toThrow('more than 100 rows')
    budget.renew()
    const rows = budget.each([1, 2, 3])
    expect(rows.next().value).toBe(1)
    now = 2_000
    expect(() => rows.next()).toThrow('longer than 1000 ms')
  })

  it('ends a page while it is read, and leaves the next one whole', () => {
    const { page } = tableOf(35)
    const few = createBudget(Date.now, 20)
    expect(() => page({ first: 1_000_000 }, {}, false, few)).toThrow('more than 20 rows')
    const short = createBudget(Date.now, 1_000, 1_000, 9)
    expect(() => page({ first: 1_000_000 }, {}, false, short)).toThrow(
      'more than 9 characters: ask for a smaller page',
    )
    expect(page({ first: 1_000_000 }).rows).toHaveLength(35)
  })
})
