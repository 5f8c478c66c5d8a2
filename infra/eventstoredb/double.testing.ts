/**
 * A double of EventStoreDB for tests: a gRPC server that speaks as much of its v1 protocol as the
 * client library uses here, by the rules that were observed on real servers (23.10.6 and 24.2.0),
 * behind a network that fails on demand. Whatever is tested on it is also tested on a real server
 * where there is one, and server-rules.contract.ts compares them.
 */

import gossipServices from '@eventstore/db-client/generated/gossip_grpc_pb.js'
import gossipMessages from '@eventstore/db-client/generated/gossip_pb.js'
import featureServices from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js'
import featureMessages from '@eventstore/db-client/generated/serverfeatures_pb.js'
import streamServices from '@eventstore/db-client/generated/streams_grpc_pb.js'
import {
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptor,
  status,
} from '@grpc/grpc-js'
import { appendHandler, batchAppendHandler, createCommit } from './double-appends.testing.ts'
import { deleteHandler, tombstoneHandler } from './double-deletes.testing.ts'
import type { DoubleVersion, Fault, FaultPoint, Faults, Rpc } from './double-faults.testing.ts'
import { readHandler } from './double-reads.testing.ts'
import { createDoubleStore, type DoubleStore } from './double-store.testing.ts'
import { type WireError, wireError } from './double-wire.testing.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.testing.ts'

export type EventStoreDouble = Readonly<{
  /** Of a single node, through the failing network. */
  connectionString: string
  /** The same, by discovery. */
  discoverString: string
  store: DoubleStore
  network: FaultProxy
  /** How often each RPC was called. */
  calls: ReadonlyMap<Rpc, number>
  /** Decides about every call from now on. */
  setFaults: (faults: Faults) => void
  /**
   * Told whenever a call is left without an answer, and by `giveUp`: the moment at which a client's
   * deadline may be over. Returns the way to stop it.
   */
  onUnanswered: (listener: () => void) => () => void
  /** Tells that calls will not be answered, of which only the network knows. */
  giveUp: () => void
  /** Holds appends before they are committed; call the result to let them go on. */
  holdCommits: () => () => void
  close: () => Promise<void>
}>

export type DoubleSecurity = Readonly<{
  credentials: ServerCredentials
  /** Whether a call with this `authorization` header (null: none) is let in. */
  isAllowed: (authorization: string | null) => boolean
}>

const openToAll: DoubleSecurity = {
  credentials: ServerCredentials.createInsecure(),
  isAllowed: () => true,
}

const MESSAGE_BYTES_MAX = 16 * 1_048_576

export const startEventStoreDouble = async (
  version: DoubleVersion = '24.2.0',
  { credentials, isAllowed }: DoubleSecurity = openToAll,
): Promise<EventStoreDouble> => {
  const store = createDoubleStore()
  const calls = new Map<Rpc, number>()
  const { commit, hold } = createCommit(store)
  const waiters = new Set<() => void>()
  const giveUp = (): void => {
    for (const waiter of [...waiters]) waiter()
  }
  const answering: typeof commit = async (...append) => {
    const verdict = await commit(...append)
    if (verdict === null || verdict.kind === 'no-reply') giveUp()
    return verdict
  }
  let faults: Faults = () => null
  const faultPoint: FaultPoint = (rpc) => {
    const number = (calls.get(rpc) ?? 0) + 1
    calls.set(rpc, number)
    const fault = faults(rpc, number)
    return {
      before: async (fail) => takesOverBefore(fault, fail),
      after: () => takesOverAfter(fault),
    }
  }
  const takesOverBefore = (fault: Fault | null, fail: (error: WireError) => void): boolean => {
    if (fault === 'cut-before') network.cut()
    const error = fault === null ? null : refusalOf(fault, network.port)
    if (error !== null) fail(error)
    if (fault === 'never-answer') giveUp()
    return fault === 'cut-before' || fault === 'never-answer' || error !== null
  }
  const takesOverAfter = (fault: Fault | null): boolean => {
    if (fault === 'cut-after') network.cut()
    if (fault === 'lose-answer') giveUp()
    return fault === 'cut-after' || fault === 'lose-answer'
  }

  const server = new Server({
    'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
    interceptors: [letIn(isAllowed)],
  })
  server.addService(featureServices.ServerFeaturesService, {
    getSupportedMethods: (_: unknown, reply: Reply) => reply(null, supportedMethods(version)),
  })
  server.addService(gossipServices.GossipService, {
    read: (_: unknown, reply: Reply) => reply(null, gossip(network.port)),
  })
  server.addService(streamServices.StreamsService, {
    append: appendHandler(answering, faultPoint),
    batchAppend: batchAppendHandler(answering, faultPoint),
    read: readHandler({ store, version, faultPoint }),
    delete: deleteHandler(store),
    tombstone: tombstoneHandler(store),
  })
  const port = await bound(server, credentials)
  const network = await startFaultProxy(port)
  return {
    connectionString: `esdb://127.0.0.1:${network.port}?tls=false`,
    discoverString: `esdb+discover://127.0.0.1:${network.port}?tls=false&maxDiscoverAttempts=2&discoveryInterval=10`,
    store,
    network,
    calls,
    setFaults: (given) => {
      faults = given
    },
    onUnanswered: (listener) => {
      waiters.add(listener)
      return () => waiters.delete(listener)
    },
    giveUp,
    holdCommits: hold,
    close: async () => {
      await network.close()
      server.forceShutdown()
    },
  }
}

type Reply = (error: null, message: unknown) => void

const bound = (server: Server, credentials: ServerCredentials): Promise<number> => {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  server.bindAsync('127.0.0.1:0', credentials, (error, port) =>
    error === null ? resolve(port) : reject(error),
  )
  return promise
}

const letIn =
  (isAllowed: DoubleSecurity['isAllowed']): ServerInterceptor =>
  (_, call) =>
    new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, goOn) => {
            if (isAllowed(metadata.get('authorization')[0]?.toString() ?? null)) goOn(metadata)
            else call.sendStatus({ code: status.UNAUTHENTICATED, details: 'Unauthenticated' })
          },
        }),
    })

const refusalOf = (fault: Fault, port: number): WireError | null => {
  switch (fault) {
    case 'handler-threw':
      return wireError(status.UNKNOWN, 'Exception was thrown by handler.')
    case 'not-ready':
      return wireError(status.UNAVAILABLE, 'Server Is Not Ready')
    case 'no-leader':
      return wireError(status.UNKNOWN, 'No leader info available in response')
    case 'not-leader':
      return wireError(status.NOT_FOUND, 'Leader info available', {
        exception: 'not-leader',
        'leader-endpoint-host': '127.0.0.1',
        'leader-endpoint-port': String(port),
      })
    default:
      return null
  }
}

const supportedMethods = (version: DoubleVersion) => {
  const supported = new featureMessages.SupportedMethods().setEventStoreServerVersion(version)
  for (const [name, features] of [
    ['read', ['position', 'events']],
    ['append', []],
    ['batchappend', ['deadline_duration']],
  ] as const) {
    const method = new featureMessages.SupportedMethod()
      .setMethodName(name)
      .setFeaturesList([...features])
    supported.addMethods(method.setServiceName('event_store.client.streams.streams'))
  }
  return supported
}

const LEADER = 8

const gossip = (port: number) => {
  const place = new gossipMessages.EndPoint().setAddress('127.0.0.1').setPort(port)
  const member = new gossipMessages.MemberInfo()
    .setState(LEADER)
    .setIsAlive(true)
    .setHttpEndPoint(place)
  return new gossipMessages.ClusterInfo().setMembersList([member.setTimeStamp('0')])
}
