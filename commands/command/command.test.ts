import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { given } from '../../domain/decider.testing.ts'
import {
  type CommandEvent,
  type CommandSignature,
  type CommandStep,
  commandDecider,
  isFinal,
  SIGNATURES_MAX,
} from './command.ts'

const intent = {
  entrypoint: 'move_adventurer',
  args: { adventurer_id: '0x1', to_hex_coordinate: '0x2' },
  account: '0xa',
} as const
const bound = { maxAmount: '1', maxPricePerUnit: '1' }
const signature = (transaction: `0x${string}`, nonce = '0'): CommandSignature => ({
  transaction,
  nonce,
  bounds: { l1Gas: bound, l1DataGas: bound, l2Gas: bound },
  calls: [{ to: '0xc', entrypoint: 'move_adventurer', calldata: ['0x1', '0x2'] }],
  afterPosition: 41,
})
const requested: CommandEvent = { type: 'CommandRequested', data: intent }
const signed: CommandEvent = { type: 'CommandSigned', data: signature('0x77') }
const submitted: CommandEvent = { type: 'CommandSubmitted', data: { transaction: '0x77' } }
const voided: CommandEvent = { type: 'CommandSignatureVoided', data: { transaction: '0x77' } }
const confirm = {
  transaction: '0x77',
  block: 9,
  position: 44,
  confirmation: { type: 'AdventurerMoved', data: {} },
} as const
const confirmed: CommandEvent = { type: 'CommandConfirmed', data: confirm }

const on = (...events: readonly CommandEvent[]) => given(commandDecider, ...events)

describe('a command', () => {
  it('is requested once, and a repetition with the same content adds nothing', () => {
    on().when({ step: 'request', intent }).yields(requested)
    on(requested)
      .when({ step: 'request', intent: { ...intent } })
      .yields()
    on(requested, signed, submitted, confirmed).when({ step: 'request', intent }).yields()
  })

  it('refuses its key for other content', () => {
    const other = { ...intent, args: { ...intent.args, to_hex_coordinate: '0x3' } }
    on(requested).when({ step: 'request', intent: other }).isRefused('CONFLICTING_KEY')
    on(requested)
      .when({ step: 'request', intent: { ...intent, account: '0xb' } })
      .isRefused('CONFLICTING_KEY')
  })

  it('takes no step before it was requested', () => {
    on()
      .when({ step: 'sign', signature: signature('0x77') })
      .isRefused('NOT_REQUESTED')
    on()
      .when({ step: 'confirm', ...confirm })
      .isRefused('NOT_REQUESTED')
  })

  it('is never signed twice while its transaction may land', () => {
    on(requested)
      .when({ step: 'sign', signature: signature('0x77') })
      .yields(signed)
    on(requested, signed)
      .when({ step: 'sign', signature: signature('0x77') })
      .yields()
    on(requested, signed)
      .when({ step: 'sign', signature: signature('0x78', '1') })
      .isRefused('ALREADY_SIGNED')
    on(requested, signed, submitted)
      .when({ step: 'sign', signature: signature('0x78') })
      .isRefused('ALREADY_SIGNED')
  })

  it('is signed anew after another transaction has taken its nonce, but not for ever', () => {
    on(requested, signed, submitted)
      .when({ step: 'void-signature', transaction: '0x77' })
      .yields(voided)
    const again = { type: 'CommandSigned', data: signature('0x78', '1') } as const
    on(requested, signed, voided)
      .when({ step: 'sign', signature: signature('0x78', '1') })
      .yields(again)
    const often = Array.from({ length: SIGNATURES_MAX }, () => [signed, voided]).flat()
    const decided = on(requested, ...often).when({ step: 'sign', signature: signature('0x79') })
    decided.yields({
      type: 'CommandExpired',
      data: { reason: 'NONCE_SPENT 5 times by other transactions' },
    })
  })

  it('ends by the fact of its own transaction, also when the sending was never recorded', () => {
    on(requested, signed, submitted)
      .when({ step: 'confirm', ...confirm })
      .yields(confirmed)
    on(requested, signed)
      .when({ step: 'confirm', ...confirm })
      .yields(confirmed)
    on(requested, signed)
      .when({ step: 'confirm', ...confirm, transaction: '0x1' })
      .isRefused('OTHER_TRANSACTION')
    on(requested)
      .when({ step: 'confirm', ...confirm })
      .isRefused('NOT_SIGNED')
  })

  it('keeps its first ending', () => {
    const ended = on(requested, signed, submitted, confirmed)
    ended.when({ step: 'confirm', ...confirm }).yields()
    ended.when({ step: 'submit', transaction: '0x77' }).yields()
    ended
      .when({ step: 'refuse', transaction: '0x77', block: 9, reason: 'NO_EFFECT' })
      .isRefused('ALREADY_ENDED')
    ended.when({ step: 'void-signature', transaction: '0x77' }).isRefused('ALREADY_ENDED')
  })

  it('expires with the signature that it had', () => {
    const event = { type: 'CommandExpired', data: { reason: 'NODE_REFUSED_55: bad key' } } as const
    on(requested, signed).when({ step: 'expire', reason: event.data.reason }).yields(event)
    expect(on(requested, signed, event).state).toMatchObject({
      name: 'EXPIRED',
      signature: signature('0x77'),
    })
    expect(on(requested, event).state).toMatchObject({ name: 'EXPIRED', signature: null })
  })

  it('is unmoved by events that it does not know', () => {
    const unknown = { type: 'CommandApproved', data: {} } as unknown as CommandEvent
    const { state } = on(requested, signed)
    expect(commandDecider.evolve(state, unknown)).toBe(state)
  })
})

const transaction = fc.constantFrom('0x77', '0x78') as fc.Arbitrary<`0x${string}`>
const anyStep: fc.Arbitrary<CommandStep> = fc.oneof(
  fc.constant<CommandStep>({ step: 'request', intent }),
  transaction.map((hash): CommandStep => ({ step: 'sign', signature: signature(hash) })),
  transaction.map((hash): CommandStep => ({ step: 'submit', transaction: hash })),
  transaction.map((hash): CommandStep => ({ step: 'void-signature', transaction: hash })),
  transaction.map((hash): CommandStep => ({ step: 'confirm', ...confirm, transaction: hash })),
  transaction.map(
    (hash): CommandStep => ({ step: 'refuse', transaction: hash, block: 1, reason: 'LOW_ENERGY' }),
  ),
  transaction.map(
    (hash): CommandStep => ({ step: 'revert', transaction: hash, block: 1, reason: 'no' }),
  ),
  fc.constant<CommandStep>({ step: 'expire', reason: 'ACCOUNT_NOT_DEPLOYED' }),
)

it('under any steps, repeats nothing, ends at most once and has at most one transaction that may land', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
      let state = commandDecider.initialState
      let endings = 0
      for (const step of steps) {
        const decision = commandDecider.decide(step, state)
        if ('rejected' in decision) continue
        const wasSigned = state.name === 'SIGNED' || state.name === 'SUBMITTED'
        if (wasSigned) expect(decision.some(({ type }) => type === 'CommandSigned')).toBe(false)
        const before = state
        state = decision.reduce(commandDecider.evolve, state)
        if (isFinal(before)) expect(state).toBe(before)
        if (isFinal(state) && !isFinal(before)) endings += 1
        const repeated = commandDecider.decide(step, state)
        expect(repeated).toEqual([])
      }
      expect(endings).toBeLessThanOrEqual(1)
    }),
  )
})
