//! Support code of the server's tests, and tests of the repository as a whole.

mod fuzz;
mod golden;
mod house;
mod instances;
mod making;
mod migrations;
mod policy;
mod routes;
mod take_over;

pub mod support {
    //! Test databases, and other support of tests.
    pub mod database;
    pub mod history;
}
