//! The recipes of the test vectors, by theme. What should come of each step is written here by hand, from
//! the description of the decision; a recipe panics where the program says otherwise. Only roots, salts
//! and signed bytes are computed.

pub mod decision;
pub mod evidence;
pub mod logs;
