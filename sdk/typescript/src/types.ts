/** What goes into each call and what comes back, by the name of its operation in the API's description. */
import type { components, operations } from './generated/api.js';

export type Schemas = components['schemas'];
export type ErrorCode = Schemas['ErrorCode'];
export type ErrorDetails = Schemas['ErrorDetails'];

export type OperationName = keyof operations;

type Json<T> = T extends { content: { 'application/json': infer Content } } ? Content : never;

export type PathOf<Name extends OperationName> = operations[Name]['parameters'] extends { path: infer Path } ? Path : never;

export type QueryOf<Name extends OperationName> = operations[Name]['parameters'] extends { query?: infer Query }
  ? Exclude<Query, undefined>
  : never;

export type BodyOf<Name extends OperationName> = operations[Name] extends { requestBody: infer Body }
  ? Json<Body>
  : operations[Name] extends { requestBody?: infer Body }
    ? Json<Exclude<Body, undefined>>
    : never;

export type DataOf<Name extends OperationName> = Json<operations[Name]['responses'][keyof operations[Name]['responses']]>;

/** Operations that answer one page of a list. */
export type ListName = {
  [Name in OperationName]: DataOf<Name> extends { items: unknown[]; next_cursor: string | null } ? Name : never;
}[OperationName];

export type ItemOf<Name extends ListName> = DataOf<Name> extends { items: (infer Item)[] } ? Item : never;

/** What may be said about one call, whichever it is. */
export interface CallOptions {
  /** Ends the call early. */
  signal?: AbortSignal;
  /** In place of one that is made for the call: the same key and body get the same answer for a day. */
  idempotencyKey?: string;
  /** An ETag: the change is made only to what has it still. */
  ifMatch?: string;
  /** In place of the client's own, such as the token of a browser's login or of one validation. */
  token?: string;
}

type Part<Name extends string, Value, Required extends boolean> = [Value] extends [never]
  ? { [Key in Name]?: undefined }
  : Required extends true
    ? { [Key in Name]: Value }
    : { [Key in Name]?: Value };

export type Call<Name extends OperationName> = CallOptions &
  Part<'path', PathOf<Name>, true> &
  Part<'query', QueryOf<Name>, false> &
  Part<'body', BodyOf<Name>, operations[Name] extends { requestBody: object } ? true : false>;
