import { describe, expect, it } from 'vitest'
import type { JsonObject, RecordedEvent } from '../../domain/event-log/event-log.ts'
import { type Felt, feltOfShortString } from '../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { endingOf } from './outcome.ts'

const TRANSACTION: Felt = '0x77'

const fact = (revision: number, type: string, data: JsonObject = {}): RecordedEvent => ({
  id: `00000000-0000-4000-8000-00000000000${revision}`,
  type,
  data,
  meta: { schemaVersion: 1, transaction: TRANSACTION },
  stream: 'world-TEST-0x1',
  revision,
  logPosition: revision,
  recordedAt: new Date(0),
})

const endOf = (entrypoint: string, ...facts: readonly RecordedEvent[]) =>
  endingOf(
    infiniteHexAdventurers,
    { entrypoint, args: {}, account: '0xa' },
    { transaction: TRANSACTION, block: 12, facts },
  )

const reason = (text: string): JsonObject => ({ reason: feltOfShortString(text) as Felt })

describe('the end of a command whose transaction succeeded', () => {
  it('is the game event that the definition names, with its place', () => {
    const moved = fact(6, 'AdventurerMoved', { adventurer_id: '0x1' })
    expect(endOf('move_adventurer', fact(5, 'AdventurerWritten'), moved)).toEqual({
      step: 'confirm',
      transaction: TRANSACTION,
      block: 12,
      position: 6,
      confirmation: { type: 'AdventurerMoved', data: { adventurer_id: '0x1' } },
    })
  })

  it('is a model write where the game is silent about success', () => {
    expect(endOf('regenerate_energy', fact(5, 'AdventurerWritten'))).toMatchObject({
      step: 'confirm',
      position: 5,
    })
    expect(endOf('init_harvesting', fact(5, 'PlantNodeWritten'))).toMatchObject({ step: 'confirm' })
  })

  it("is the game's own refusal, also when the refused call has written rows", () => {
    const rows = [fact(5, 'AdventurerWritten'), fact(6, 'AdventurerEconomicsWritten')]
    const refused = fact(7, 'HarvestingRejected', reason('LOW_ENERGY'))
    expect(endOf('start_harvesting', ...rows, refused)).toMatchObject({
      step: 'refuse',
      reason: 'LOW_ENERGY',
    })
    expect(
      endOf('init_harvesting', fact(5, 'HarvestingRejected', reason('ALREADY_INIT'))),
    ).toMatchObject({
      reason: 'ALREADY_INIT',
    })
  })

  it('is a refusal without effect when nothing happened, or only rows were touched', () => {
    expect(endOf('discover_hex')).toEqual({
      step: 'refuse',
      transaction: TRANSACTION,
      block: 12,
      reason: 'NO_EFFECT',
    })
    const regenerated = [fact(5, 'AdventurerWritten'), fact(6, 'AdventurerEconomicsWritten')]
    expect(endOf('pay_hex_maintenance', ...regenerated)).toMatchObject({
      step: 'refuse',
      reason: 'NO_EFFECT',
    })
  })

  it("takes another contract's rejection for none of its own", () => {
    const moved = fact(6, 'AdventurerMoved')
    expect(
      endOf('move_adventurer', fact(5, 'HarvestingRejected', reason('DEAD')), moved),
    ).toMatchObject({
      step: 'confirm',
    })
  })

  it('gives a reason that is no text as its felt', () => {
    expect(
      endOf('move_adventurer', fact(5, 'WorldActionRejected', { reason: '0x1' })),
    ).toMatchObject({ reason: '0x1' })
  })
})
