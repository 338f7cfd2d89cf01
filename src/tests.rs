//! Support code of the server's tests, and tests of the repository as a whole.

mod house;
mod migrations;
mod policy;

pub mod support {
    //! Test databases, and other support of tests.
    pub mod database;
    pub mod history;
}
