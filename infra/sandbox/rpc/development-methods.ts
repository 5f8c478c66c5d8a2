/**
 * Katana's development methods that a Dojo user expects. Amounts and timestamps are seconds, as
 * numbers.
 */
import { z } from 'zod'
import { TIMESTAMP_SECONDS_MAX } from '../chain/block-clock.ts'
import { type RpcAnswer, refusal } from './errors.ts'
import { type RpcMethods, rpcMethod } from './method.ts'

const seconds = z.number().int().nonnegative()

/** A refusal of what would put the next block beyond the last date. */
const tooLate = (field: string): RpcAnswer =>
  refusal('INVALID_PARAMS', {
    field,
    reason: `the next block would be after the year 9999: at most ${TIMESTAMP_SECONDS_MAX}`,
  })

export const developmentMethods: RpcMethods = {
  dev_predeployedAccounts: rpcMethod({}, ({ chain }) => ({
    result: chain.accounts
      .filter(({ role }) => role !== 'bot')
      .map(({ address, publicKey, privateKey }) => ({
        address,
        publicKey,
        privateKey,
        balance: null,
      })),
  })),

  /** Katana answers null; the block's number and hash are useful to clients that step a chain. */
  dev_generateBlock: rpcMethod({}, ({ mine }) => {
    const { hash, number } = mine()
    return { result: { block_hash: hash, block_number: number } }
  }),

  dev_nextBlockTimestamp: rpcMethod({}, ({ chain }) => ({
    result: chain.clock.peek(chain.head().timestamp),
  })),

  dev_setNextBlockTimestamp: rpcMethod({ timestamp: seconds }, ({ chain }, { timestamp }) => {
    const { timestamp: latest } = chain.head()
    if (timestamp < latest) {
      return refusal('INVALID_PARAMS', {
        field: 'timestamp',
        reason: `the latest block is at ${latest}`,
      })
    }
    if (timestamp > TIMESTAMP_SECONDS_MAX) return tooLate('timestamp')
    chain.clock.setNext(timestamp)
    return { result: null }
  }),

  dev_increaseNextBlockTimestamp: rpcMethod({ amount: seconds }, ({ chain }, { amount }) => {
    if (chain.clock.peek(chain.head().timestamp) + amount > TIMESTAMP_SECONDS_MAX)
      return tooLate('amount')
    chain.clock.increase(amount)
    return { result: null }
  }),
}
