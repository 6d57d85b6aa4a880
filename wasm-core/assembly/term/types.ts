// Types of values and their names (LANGUAGE.md 4.14). A type is the kind of its values.

import { KIND_BOOL, KIND_LIST, KIND_NULL, KIND_NUMBER, KIND_STRING } from '../../contract/codes.ts';
import {
  KIND_BYTES,
  KIND_CIDR,
  KIND_DURATION,
  KIND_INT,
  KIND_IP,
  KIND_OPTIONAL,
  KIND_RECORD,
  KIND_TIMESTAMP,
  KIND_TYPE,
  KIND_UINT,
} from '../../contract/terms.ts';
import { putBytes } from './arena.ts';

/** kind, bytes of the name, the name; in turn. */
function names(): usize {
  return memory.data<u8>([
  // bool
  <u8>KIND_BOOL, 4, 98, 111, 111, 108,
  // int
  <u8>KIND_INT, 3, 105, 110, 116,
  // uint
  <u8>KIND_UINT, 4, 117, 105, 110, 116,
  // double
  <u8>KIND_NUMBER, 6, 100, 111, 117, 98, 108, 101,
  // string
  <u8>KIND_STRING, 6, 115, 116, 114, 105, 110, 103,
  // bytes
  <u8>KIND_BYTES, 5, 98, 121, 116, 101, 115,
  // list
  <u8>KIND_LIST, 4, 108, 105, 115, 116,
  // map
  <u8>KIND_RECORD, 3, 109, 97, 112,
  // null_type
  <u8>KIND_NULL, 9, 110, 117, 108, 108, 95, 116, 121, 112, 101,
  // type
  <u8>KIND_TYPE, 4, 116, 121, 112, 101,
  // optional_type
  <u8>KIND_OPTIONAL, 13, 111, 112, 116, 105, 111, 110, 97, 108, 95, 116, 121, 112, 101,
  // google.protobuf.Timestamp
  <u8>KIND_TIMESTAMP, 25, 103, 111, 111, 103, 108, 101, 46, 112, 114, 111, 116, 111, 98, 117, 102, 46, 84, 105, 109, 101, 115, 116, 97, 109, 112,
  // google.protobuf.Duration
  <u8>KIND_DURATION, 24, 103, 111, 111, 103, 108, 101, 46, 112, 114, 111, 116, 111, 98, 117, 102, 46, 68, 117, 114, 97, 116, 105, 111, 110,
  // net.IP
  <u8>KIND_IP, 6, 110, 101, 116, 46, 73, 80,
  // net.CIDR
  <u8>KIND_CIDR, 8, 110, 101, 116, 46, 67, 73, 68, 82,
  0, 0,
]);
}

export function putTypeName(kind: i32): void {
  let entry = names();
  while (load<u8>(entry) != kind && load<u8>(entry, 1) != 0) entry += 2 + load<u8>(entry, 1);
  putBytes(entry + 2, load<u8>(entry, 1));
}
