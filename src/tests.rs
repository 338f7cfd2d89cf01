//! What the tests of the server stand on, and what they say of the house as a whole.

mod house;

pub mod support {
    //! Real databases to run against, and what else a test needs around it.
    pub mod database;
    pub mod history;
}
