// In: sizes. Out: 16-byte aligned blocks of linear memory for artifacts, contexts, staging and requests; memory grows here
// and nowhere else. Never called while deciding.

/** Size of the block, header included; 1 if it is in use. */
const BLOCK_SIZE: usize = 0;
const BLOCK_USED: usize = 4;
const BLOCK_HEADER: usize = 16;

/** No block may be larger: sums of two sizes then stay far from 2^32. */
export const MAX_BLOCK_BYTES: u32 = 0x40000000;

const heapStart: usize = (__heap_base + 15) & ~15;
let heapEnd: usize = heapStart;

/** First fit over a handful of blocks; 0 if the memory cannot grow. */
export function allocate(size: u32): usize {
  if (size > MAX_BLOCK_BYTES) return 0;
  const need: usize = ((size + 15) & ~15) + <u32>BLOCK_HEADER;
  let block = heapStart;
  while (block < heapEnd) {
    if (!load<u32>(block, BLOCK_USED)) {
      let free = load<usize>(block, BLOCK_SIZE);
      while (block + free < heapEnd && !load<u32>(block + free, BLOCK_USED)) free += load<usize>(block + free, BLOCK_SIZE);
      if (block + free == heapEnd) {
        heapEnd = block; // free to the end: take it back
        break;
      }
      if (free >= need) {
        if (free - need > BLOCK_HEADER) {
          store<usize>(block + need, free - need, BLOCK_SIZE);
          store<u32>(block + need, 0, BLOCK_USED);
          free = need;
        }
        return take(block, free);
      }
      store<usize>(block, free, BLOCK_SIZE);
    }
    block += load<usize>(block, BLOCK_SIZE);
  }
  return growTo(<u64>heapEnd + need) ? take(heapEnd, need, true) : 0;
}

export function release(address: usize): void {
  if (address != 0) store<u32>(address - BLOCK_HEADER, 0, BLOCK_USED);
}

function take(block: usize, size: usize, isLast: bool = false): usize {
  store<usize>(block, size, BLOCK_SIZE);
  store<u32>(block, 1, BLOCK_USED);
  if (isLast) heapEnd = block + size;
  return block + BLOCK_HEADER;
}

/** Addresses stay below 2^31: a context's address then never looks like a negative status. */
function growTo(end: u64): bool {
  if (end > 0x7fff0000) return false;
  const have = <u64>memory.size() << 16;
  if (end <= have) return true;
  const pages = (end - have + 0xffff) >> 16;
  return pages <= 0xffff && memory.grow(<i32>pages) >= 0;
}
