// In: the name of a package. Out: its module, found from this folder: in bench/peers/node_modules, which the root does not know.

export const importPeer = (name) => import(name);
