import { describe, expect, it } from 'vitest'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { entityIdOf } from '../../../schemas/crypto/starknet.ts'
import {
  blockIdPrefix,
  eventIdOf,
  executedAtText,
  joinedFelts,
  renderedTime,
  scopedId,
  splitFelts,
  wallClockText,
} from './ids.ts'

const WORLD = infiniteHexAdventurers.worldAddress

describe('ids of Torii', () => {
  it('spell an event as block, transaction, address and index, each in its own width', () => {
    expect(eventIdOf(1234, '0x57ab', WORLD, 3)).toBe(
      '0x000000000000000000000000000000000000000000000000000000000004d2:0x00000000000000000000000000000000000000000000000000000000000057ab:0x00f3d3b78a41b212442a64218a7f7dbde331813ea09a07067c7ad12f93620c11:0x03',
    )
  })

  it('spell an entity as its world and the hash of its keys', () => {
    expect(scopedId(WORLD, entityIdOf([1n]))).toBe(
      '0x00f3d3b78a41b212442a64218a7f7dbde331813ea09a07067c7ad12f93620c11:0x00579e8877c7755365d5ec1ec7d3a94a457eff5d1f40482bbe9729c064cdead2',
    )
  })

  it('sort by block as text, but an index of three digits before smaller ones', () => {
    expect(blockIdPrefix(255) < blockIdPrefix(256)).toBe(true)
    expect(eventIdOf(1, '0x1', WORLD, 0x100) < eventIdOf(1, '0x1', WORLD, 0x2f)).toBe(true)
  })
})

describe('lists and times of Torii', () => {
  it('join padded felts with a slash after each', () => {
    const joined = joinedFelts(['0x1', '0xab'])
    expect(joined).toBe(`0x${'1'.padStart(64, '0')}/0x${'ab'.padStart(64, '0')}/`)
    expect(splitFelts(joined)).toEqual(joined.slice(0, -1).split('/'))
    expect(splitFelts('')).toEqual([])
    expect(splitFelts(null)).toEqual([])
  })

  it('are stored to the second and rendered with an offset or with Z', () => {
    expect(executedAtText(1_767_225_600)).toBe('2026-01-01T00:00:00+00:00')
    expect(wallClockText(1_767_225_600_999)).toBe('2026-01-01 00:00:00')
    expect(renderedTime('2026-01-01 00:00:00', '+00:00')).toBe('2026-01-01T00:00:00+00:00')
    expect(renderedTime('2026-01-01T00:00:00+00:00', 'Z')).toBe('2026-01-01T00:00:00Z')
    expect(renderedTime(null, 'Z')).toBe('')
  })
})
