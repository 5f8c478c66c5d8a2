import { describe, expect, it } from 'vitest'
import { importFaults, namesGame } from './layers.ts'

describe('the layers', () => {
  it.each([
    ['api/x.ts', '../infra/y.ts', 'api may not import infra (infra/y.ts)'],
    ['domain/x.ts', 'node:fs', 'domain imports nothing, but it imports node:fs'],
    ['ingest/x.ts', '../projections/y.ts', 'ingest may not import projections'],
    ['api/x.ts', 'kysely', 'package kysely lives in infra/postgres, projections'],
    ['api/x.ts', 'left-pad', 'package left-pad has no home'],
    ['commands/x.ts', './decider.testing.ts', 'source imports test support'],
    ['infra/x.ts', '../nowhere/y.ts', 'imports nowhere/y.ts, which is in no layer'],
  ])('refuse that %s imports %s', (file, specifier, fault) => {
    expect(importFaults(file, [specifier])).toEqual([expect.stringContaining(fault)])
  })

  it.each([
    ['infra/x.ts', '../schemas/z.ts'],
    ['infra/sandbox/x.ts', 'node:fs'],
    ['api/dashboard/x.ts', '../client/y.ts'],
  ])('let %s import %s', (file, specifier) => {
    expect(importFaults(file, [specifier])).toEqual([])
  })
})

describe('the game', () => {
  const specifier = '../domain/worlds/infinite-hex-adventurers/definition.ts'

  it('is named by nothing that is for any game', () => {
    expect(namesGame('ingest/x.ts', ['./y.ts', specifier])).toBe(true)
    expect(namesGame('ingest/x.ts', ['./y.ts'])).toBe(false)
  })

  it('is named in its own rooms, in the sandbox, the dashboard, the app and in tests', () => {
    expect(namesGame('ingest/x.test.ts', [specifier])).toBe(false)
    expect(namesGame('app.ts', ['./domain/worlds/infinite-hex-adventurers/definition.ts'])).toBe(
      false,
    )
    for (const folder of ['schemas/worlds/infinite-hex-adventurers', 'infra/sandbox/game'])
      expect(namesGame(`${folder}/x.ts`, [`../../../${specifier}`])).toBe(false)
  })
})
