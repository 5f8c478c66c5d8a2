import { Account, hash, RpcProvider } from 'starknet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Felt } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { selectorOfName } from '../../../schemas/crypto/starknet.ts'
import { selectorsOf } from '../../../schemas/worlds/selectors.ts'
import { ACCOUNT_CLASS_HASH } from '../chain/accounts.ts'
import { modelAddress } from '../chain/model-upgrades.ts'
import type { LocalServer } from '../http/local-server.ts'
import { accountAt, ask, hexOf, resultOf, tallySandbox } from '../sandbox.testing.ts'
import type { SandboxNode } from '../sandbox-node.ts'
import { startRpcServer } from './server.ts'

let node: SandboxNode
let server: LocalServer
beforeAll(async () => {
  node = tallySandbox()
  server = await startRpcServer(0, node, (error) => {
    throw error
  })
})
afterAll(async () => {
  await server.close()
  node.close()
})

describe('storage', () => {
  const at = (contract_address: Felt, key: string, block_id: unknown = 'latest') =>
    ask(node, 'starknet_getStorageAt', { contract_address, key, block_id })
  const model = modelAddress(selectorsOf(infiniteHexAdventurers).models.Adventurer as Felt, 0)

  it('of an account holds its public key and the interface of accounts; all else is zero', () => {
    const { address, publicKey } = accountAt(node, 6)
    expect(at(address, selectorOfName('Account_public_key')).result).toBe(publicKey)
    const isrc6 = '0x2ceccef7f994940b3962a6c67e0ba4fcd37df7d131417c604f91e03caecc1cd'
    const slot = hash.computePedersenHash(selectorOfName('SRC5_supported_interfaces'), isrc6)
    expect(at(address, slot).result).toBe('0x1')
    expect(at(address, '0x0').result).toBe('0x0')
  })

  it('of a model’s contract is empty; rows are refused rather than answered by a made-up zero', () => {
    expect(at(model, '0x1').result).toBe('0x0')
    expect(at(infiniteHexAdventurers.worldAddress, '0x1').error).toMatchObject({
      code: 63,
      data: expect.stringContaining('entity'),
    })
    expect(at(infiniteHexAdventurers.contracts.mining_manager.address, '0x1').error?.code).toBe(63)
  })

  it.each([
    ['no contract', '0x99', '0x1', 'latest', 20],
    ['no block', '0x99', '0x1', { block_number: 9 }, 24],
    ['a key of 252 bits', '0x99', hexOf(1n << 251n), 'latest', -32602],
  ] as const)('of %s is refused', (_, address, key, block, code) => {
    expect(at(address, key, block).error?.code).toBe(code)
  })
})

describe('an account contract', () => {
  const call = (entrypoint: string, ...calldata: string[]) =>
    ask(node, 'starknet_call', {
      request: {
        contract_address: accountAt(node, 6).address,
        entry_point_selector: selectorOfName(entrypoint),
        calldata,
      },
      block_id: 'latest',
    })
  const panic = { code: 40, data: { revert_error: { class_hash: ACCOUNT_CLASS_HASH } } }

  it('tells its key and that it is an account, in either spelling', () => {
    const { publicKey } = accountAt(node, 6)
    expect([call('get_public_key').result, call('getPublicKey').result]).toEqual([
      [publicKey],
      [publicKey],
    ])
    const isrc5 = '0x3f918d17e5ee77373b56385708f855659a07f75997f365cf87748628532a055'
    expect([
      call('supports_interface', isrc5).result,
      call('supportsInterface', '0x1').result,
    ]).toEqual([['0x1'], ['0x0']])
  })

  it.each([
    ['too much calldata', 'get_public_key', ['0x1']],
    ['too little', 'supports_interface', []],
    ['too much', 'supports_interface', ['0x1', '0x2']],
    ['a signature that is cut short', 'is_valid_signature', ['0x1', '0x2', '0x3']],
    ['a signature that goes on', 'is_valid_signature', ['0x1', '0x1', '0x3', '0x4']],
  ])('panics at %s', (_, entrypoint, calldata) => {
    expect(call(entrypoint, ...calldata).error).toMatchObject(panic)
  })

  it('has no other entrypoint to be called', () => {
    expect(call('__execute__').error?.code).toBe(21)
  })

  it('is found by starknet.js to take no outside executions', async () => {
    const { address, privateKey } = accountAt(node, 6)
    const provider = new RpcProvider({ nodeUrl: server.url })
    const account = new Account({ provider, address, signer: privateKey, cairoVersion: '1' })
    expect(await account.getSnip9Version()).toBe('0')
    const stored = await provider.getStorageAt(address, selectorOfName('Account_public_key'))
    expect(stored).toMatchObject({ value: accountAt(node, 6).publicKey })
  })
})

describe('the state update', () => {
  type Update = Readonly<{
    old_root: Felt
    state_diff: { deployed_contracts: { address: Felt }[]; nonces: unknown[] }
  }>
  const update = (params: object): Update => resultOf(node, 'starknet_getStateUpdate', params)

  it('of genesis has all contracts, of the accounts too, or those that are asked for', () => {
    const { state_diff } = update({ block_id: { block_number: 0 } })
    const { address } = accountAt(node, 7)
    expect(state_diff.deployed_contracts).toContainEqual({
      address,
      class_hash: ACCOUNT_CLASS_HASH,
    })
    expect(state_diff.deployed_contracts).toHaveLength(1 + 10 + 32 + 46 + node.accounts.length)
    const some = update({ block_id: { block_number: 0 }, contract_addresses: [address] }).state_diff
    expect([some.deployed_contracts.length, some.nonces.length]).toEqual([1, 0])
    expect(update({ block_id: 'pre_confirmed' }).state_diff.deployed_contracts).toEqual([])
  })
})
