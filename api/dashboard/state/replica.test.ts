import { describe, expect, it } from 'vitest'
import { fold, newReplica } from './replica.ts'
import { hexFor } from './world.testing.ts'
import type { HexMessage } from './world-types.ts'

const envelope = (position: number, last = true) => ({
  cursor: `p${position}`,
  position,
  block: position,
  finality: 'ACCEPTED_ON_L2' as const,
  last,
})
const snapshot = (...nodes: ReturnType<typeof hexFor>[]): HexMessage => ({
  __typename: 'HexSnapshot',
  ...envelope(1),
  nodes,
})
const upsert = (position: number, node: ReturnType<typeof hexFor>, last = true): HexMessage => ({
  __typename: 'HexUpsert',
  ...envelope(position, last),
  node,
})

describe('the replica of a sector', () => {
  it('holds what the snapshot said, and then each change in place of what was there', () => {
    const replica = newReplica()
    const before = hexFor(0, 0, { biome: 'Plains' })
    const after = hexFor(0, 0, { biome: 'Desert' })
    expect(fold(replica, snapshot(before))).toMatchObject({
      reset: true,
      steps: [{ before: null }],
    })
    expect(fold(replica, upsert(2, after)).steps).toEqual([{ before, after }])
    expect([...replica.hexes.values()]).toEqual([after])
  })

  it('shows nothing of a block before its last message has come', () => {
    const replica = newReplica()
    fold(replica, snapshot())
    expect(fold(replica, upsert(2, hexFor(0, 0), false)).steps).toEqual([])
    expect(replica.hexes.size).toBe(0)
    expect(fold(replica, upsert(2, hexFor(1, 0), true)).steps).toHaveLength(2)
    expect(replica.hexes.size).toBe(2)
  })

  it('lets a later snapshot take away what it does not hold', () => {
    const replica = newReplica()
    const [stays, goes] = [hexFor(0, 0), hexFor(1, 0)]
    fold(replica, snapshot(stays, goes))
    expect(fold(replica, snapshot(stays)).steps).toContainEqual({ before: goes, after: null })
    expect(replica.hexes.size).toBe(1)
  })

  it('keeps its hexes through a resync, and forgets only the half block that was waiting', () => {
    const replica = newReplica()
    fold(replica, snapshot(hexFor(0, 0)))
    fold(replica, upsert(2, hexFor(5, 5), false))
    const resync: HexMessage = { __typename: 'Resync', ...envelope(3), reason: 'too far behind' }
    expect(fold(replica, resync)).toMatchObject({ steps: [], resync: 'too far behind' })
    expect(replica.hexes.size).toBe(1)
    expect(replica.waiting).toEqual([])
  })

  it('removes a hex once, and ignores the removal of one that it never had', () => {
    const replica = newReplica()
    const hex = hexFor(0, 0)
    fold(replica, snapshot(hex))
    const removal: HexMessage = {
      __typename: 'HexRemoval',
      ...envelope(2),
      id: hex.coordinate.packed,
    }
    expect(fold(replica, removal).steps).toEqual([{ before: hex, after: null }])
    expect(fold(replica, removal).steps).toEqual([])
  })

  it('reads a hex that came without its areas as one of which none is known', () => {
    const replica = newReplica()
    const { areas: _, ...outline } = hexFor(0, 0)
    const message: HexMessage = { __typename: 'HexSnapshot', ...envelope(1), nodes: [outline] }
    expect(fold(replica, message).steps[0]?.after?.areas).toEqual([])
  })
})
