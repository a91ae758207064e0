import type { z } from 'zod';
import type { RpcContract } from '../contracts/rpc.ts';

export type MethodName<C extends RpcContract> = keyof C['methods'] & string;
export type TopicName<C extends RpcContract> = keyof C['topics'] & string;

type Method<C extends RpcContract, M extends MethodName<C>> = C['methods'][M];
type EventSchema<Declared> = Declared extends { event: infer Schema extends z.ZodType } ? Schema : z.ZodNever;

/** What a caller hands in; defaults of the schema may be left out. */
export type CallInput<C extends RpcContract, M extends MethodName<C>> = z.input<Method<C, M>['input']>;
/** What a handler gets: parsed, defaults filled in. */
export type HandlerInput<C extends RpcContract, M extends MethodName<C>> = z.output<Method<C, M>['input']>;
/** What a handler returns. */
export type HandlerOutput<C extends RpcContract, M extends MethodName<C>> = z.input<Method<C, M>['output']>;
/** What a caller gets back: parsed. */
export type CallOutput<C extends RpcContract, M extends MethodName<C>> = z.output<Method<C, M>['output']>;
export type SentEvent<C extends RpcContract, M extends MethodName<C>> = z.input<EventSchema<Method<C, M>>>;
export type ReceivedEvent<C extends RpcContract, M extends MethodName<C>> = z.output<
  EventSchema<Method<C, M>>
>;
export type SentTopicEvent<C extends RpcContract, T extends TopicName<C>> = z.input<C['topics'][T]['event']>;
export type ReceivedTopicEvent<C extends RpcContract, T extends TopicName<C>> = z.output<
  C['topics'][T]['event']
>;
