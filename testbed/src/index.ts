export { type Broker, type BrokerOptions, missingForBroker, startBroker } from './broker/broker.ts';
export { type CuttableProxy, startProxy } from './network/proxy.ts';
export { throughProxy } from './network/through-proxy.ts';
