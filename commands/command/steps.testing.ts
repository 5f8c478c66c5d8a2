/** Steps of a command for tests, as the write side takes them. */
import type { Felt } from '../../domain/felt.ts'
import type { CommandStep } from './command.ts'

const bound = { maxAmount: '1', maxPricePerUnit: '1' }

/** The wish of an account. */
export const request = (account: Felt = '0xa'): CommandStep => ({
  step: 'request',
  intent: { entrypoint: 'regenerate_energy', args: { adventurer_id: '0x1' }, account },
})

/** A signature that gives this transaction. */
export const sign = (transaction: Felt): CommandStep => ({
  step: 'sign',
  signature: {
    transaction,
    nonce: '0',
    bounds: { l1Gas: bound, l1DataGas: bound, l2Gas: bound },
    calls: [],
    afterPosition: -1,
  },
})

export const submit = (transaction: Felt): CommandStep => ({ step: 'submit', transaction })

export const voidSignature = (transaction: Felt): CommandStep => ({
  step: 'void-signature',
  transaction,
})

export const expire: CommandStep = { step: 'expire', reason: 'ACCOUNT_NOT_DEPLOYED' }
